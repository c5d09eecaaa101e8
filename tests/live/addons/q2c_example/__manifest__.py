# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Quote to Cash: Example Support Desk",
    "summary": "How another addon connects another system: one selection value and one"
    " model. Installed by a test only",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "license": "LGPL-3",
    "author": "Quote to Cash maintainers",
    "website": "https://github.com/quote-to-cash/quote_to_cash",
    "depends": ["quote_to_cash"],
    "installable": True,
}
