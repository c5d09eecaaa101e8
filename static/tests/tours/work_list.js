/** @odoo-module **/

import {registry} from "@web/core/registry";

// Somebody with the role Operator works the list off: dismisses one exception with a
// reason, looks what trying another one again would do, and tries again.
registry.category("web_tour.tours").add("q2c_work_list", {
    url: "/odoo/q2c-to-do",
    steps: () => [
        {
            content: "select what is no event",
            trigger:
                ".o_data_row:contains('settles nothing') .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel button[name=action_dismiss]",
            run: "click",
        },
        {
            content: "a reason is asked for",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Known to the customer",
        },
        {
            trigger: ".modal button[name=action_dismiss]",
            run: "click",
        },
        {
            content: "it is off the list",
            trigger:
                "body:not(:has(.modal)) .o_list_view:not(:has(.o_data_row:contains('settles nothing')))",
        },
        {
            content: "what is wrong is read in the list; open it",
            trigger:
                ".o_data_row:contains('is linked to no tax') .o_data_cell[name=message]",
            run: "click",
        },
        {
            content: "it says what to do",
            trigger: ".o_form_view .alert:contains('Link the tax rate to the tax')",
        },
        {
            content: "take it over",
            trigger: ".o_form_view button[name=action_take]",
            run: "click",
        },
        {
            content: "see what trying again would do",
            trigger:
                ".o_form_view:not(:has(button[name=action_take])) button[name=action_preview]",
            run: "click",
        },
        {
            content: "it would fail, and says why",
            trigger: ".modal .badge:contains(Fails)",
        },
        {
            trigger: ".modal button:contains('Replay for Real')",
            run: "click",
        },
        {
            content: "it is tried again",
            trigger:
                "body:not(:has(.modal)) .o_form_view .alert:contains('being tried again')",
        },
    ],
});
