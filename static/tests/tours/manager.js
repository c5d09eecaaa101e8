/** @odoo-module **/

import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

function field(name) {
    return `.o_field_widget[name=${name}] input`;
}

function page(name) {
    return `.o_notebook_headers .nav-link[name=${name}]`;
}

/** The secret is gone from the form, what is left is the hint at its end. */
function forgotten(name, hint) {
    return {
        content: `${name} shows only a hint`,
        trigger: `${field(name)}[placeholder$="${hint}"]`,
        run() {
            if (this.anchor.value || this.anchor.type !== "password") {
                throw new Error(`The field ${name} shows what was stored.`);
            }
        },
    };
}

// A manager connects Stripe, then deals with an event that failed.
registry.category("web_tour.tours").add("q2c_manager", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "open the app",
            trigger: ".o_app[data-menu-xmlid='quote_to_cash.menu_root']",
            run: "click",
        },
        {
            content: "create a connection from the overview",
            trigger:
                ".o_control_panel:has(.o_breadcrumb:contains(Overview)) .o-kanban-button-new",
            run: "click",
        },
        {
            trigger: field("name"),
            run: "edit Stripe on Tour",
        },
        {
            trigger: field("provider"),
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Stripe)",
            run: "click",
        },
        {
            content: "only what Stripe needs is asked for",
            trigger:
                ".o_notebook:not(:has(.o_field_widget[name=salesforce_client_id])) .o_field_widget[name=stripe_api_key] input[type=password]",
            run: "edit sk_test_51AbCdEfGh0123456789",
        },
        ...stepUtils.saveForm(),
        forgotten("stripe_api_key", "6789"),
        {
            content: "the next step is said",
            trigger: ".alert-info:contains('Press Set Up Accounting')",
        },
        {
            trigger: page("webhooks"),
            run: "click",
        },
        {
            trigger: field("stripe_signing_secret"),
            run: "edit whsec_0123456789abcdefWXYZ",
        },
        ...stepUtils.saveForm(),
        forgotten("stripe_signing_secret", "WXYZ"),
        {
            content: "have the journals made",
            trigger: "button.btn-primary[name=action_set_up_accounting]",
            run: "click",
        },
        {
            content: "nothing is left to set up",
            trigger: ".o_form_view:not(:has(button[name=action_set_up_accounting]))",
        },
        {
            trigger: page("accounting"),
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=invoice_journal_id]:contains(Invoices), .o_field_widget[name=invoice_journal_id] input:value(/Invoices/)",
        },
        {
            content: "open the sync log",
            trigger: ".dropdown-toggle[data-menu-xmlid='quote_to_cash.menu_log']",
            run: "click",
        },
        {
            trigger: ".dropdown-item[data-menu-xmlid='quote_to_cash.menu_event']",
            run: "click",
        },
        {
            content: "open the event that failed",
            trigger: ".o_data_row:contains(in_tour) .o_data_cell[name=type]",
            run: "click",
        },
        {
            content: "it says what is wrong",
            trigger: ".alert-danger:contains('is linked to no tax')",
        },
        {
            content: "and what to do about it",
            trigger: ".alert-danger:contains('Link the tax rate')",
        },
        {
            trigger: "button.btn-primary[name=action_retry]",
            run: "click",
        },
        {
            content: "it stands in line again",
            trigger:
                ".o_form_view:not(:has(.alert-danger)) .o_arrow_button_current:contains(Queued)",
        },
    ],
});
