# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Somebody is reminded of the day until which evidence can be given."""

ACTIVITY = "quote_to_cash.mail_activity_dispute"


def refresh(batch, records):
    """Schedule, move and end the activities of {item: dispute}."""
    for item, record in records.items():
        # sudo: activities of others are not the service user's to change
        record = record.sudo()
        activities = record.activity_search([ACTIVITY])
        if not item.document.needs_response:
            activities.action_feedback()
        elif record.respond_by:
            _remind(batch, record, activities)


def _remind(batch, record, activities):
    day = record.respond_by.date()
    late = activities.filtered(lambda activity: activity.date_deadline != day)
    if late:
        late.date_deadline = day
    user = _responsible(batch.connection, record)
    if user and not activities:
        record.activity_schedule(
            ACTIVITY,
            date_deadline=day,
            user_id=user.id,
            note=record.env._("Give evidence in Stripe, or accept the dispute."),
        )


def _responsible(connection, record):
    """Empty where nobody is known to look after the customer."""
    return (
        connection.dispute_user_id
        or record.invoice_ids.invoice_user_id[:1]
        or record.partner_id.user_id
    )
