"""Confirmations: what is switched on can be sent, and answers reach somebody."""

from handfest.catalogue.draft import Draft
from handfest.catalogue.problem import ProblemList


def check_confirmations(draft: Draft, problems: ProblemList) -> None:
    """Reports a gateway for text messages without a secret, and e-mails that nobody's answers come back from."""
    row = draft.row("confirmations")
    if row.get("text_url") and not row.get("text_secret_env"):
        cause = "text_url has no text_secret_env: the gateway could not tell our messages from anybody's"
        remedy = 'name the environment variable that holds the secret, such as text_secret_env = "SALON_TEXT_SECRET"'
        problems.add(row.at("text_url"), cause, remedy)
    if row.get("text") and not row.get("text_url"):
        problems.warn(row.at("text"), "text says when, but no text_url says where to", "add text_url")
    if row.get("email") and not row.get("reply_to"):
        cause = "customers who answer a confirmation reach nobody"
        problems.warn(row.at("email"), cause, 'add an address such as reply_to = "desk@salon.example"')
