# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""SOQL: text to tokens to a tree, the tree bound to the schema, the rows found."""
