/** @odoo-module **/

import {registry} from "@web/core/registry";

// Somebody with the role User reads the sync log: no buttons, no payloads.
registry.category("web_tour.tours").add("q2c_user", {
    url: "/odoo/q2c-events",
    steps: () => [
        {
            content: "nothing to configure",
            trigger:
                ".o_main_navbar:has([data-menu-xmlid='quote_to_cash.menu_log']):not(:has([data-menu-xmlid='quote_to_cash.menu_configuration']))",
        },
        {
            content: "select the event that failed",
            trigger: ".o_data_row:contains(in_tour) .o_list_record_selector input",
            run: "click",
        },
        {
            content: "the selection offers no Retry",
            trigger:
                ".o_action:has(.o_selection_container):not(:has(button[name=action_retry])):not(:has(button[name=action_skip]))",
        },
        {
            content: "a click selects as long as something is selected",
            trigger: ".o_data_row:contains(in_tour) .o_list_record_selector input",
            run: "click",
        },
        {
            trigger:
                ".o_list_view:not(:has(.o_selection_container)) .o_data_row:contains(in_tour) .o_data_cell[name=type]",
            run: "click",
        },
        {
            content: "what is wrong may be read",
            trigger: ".o_form_view .alert-danger:contains('is linked to no tax')",
        },
        {
            content: "there is no Retry, no Skip and no payload",
            trigger:
                ".o_form_view:not(:has(button[name=action_retry])):not(:has(button[name=action_skip])):not(:has(button[name=action_show_payload])):not(:has(.nav-link[name=payload]))",
        },
    ],
});
