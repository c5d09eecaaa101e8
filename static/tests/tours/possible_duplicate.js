/** @odoo-module **/

import {registry} from "@web/core/registry";

// Somebody with the role Operator compares a customer with a contact, changes the mind
// once, and links the two.
registry.category("web_tour.tours").add("q2c_possible_duplicate", {
    url: "/odoo/q2c-duplicates",
    steps: () => [
        {
            content: "open the match",
            trigger: ".o_data_row:contains('Halden Robotics, Inc.') td[name='name']",
            run: "click",
        },
        {
            content: "what differs is marked, in words as well",
            trigger: ".o_q2c_comparison td.table-warning i[title='Differs']",
        },
        {
            content: "the evidence adds up",
            trigger: ".o_q2c_comparison tfoot td:contains('70')",
        },
        {
            content: "reject it",
            trigger: "button[name='action_reject']",
            run: "click",
        },
        {
            content: "take it back",
            trigger: "button[name='action_undo']",
            run: "click",
        },
        {
            content: "it is the candidate",
            trigger: "button[name='action_accept']",
            run: "click",
        },
        {
            content: "who decided is kept",
            trigger: ".o_field_widget[name='decision_ids'] td:contains('Accepted')",
        },
    ],
});
