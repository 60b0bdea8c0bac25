"""Confirmations: what is switched on can be sent, and answers reach somebody."""

from handfest.catalogue.draft import Draft
from handfest.catalogue.problem import ProblemList


def check_confirmations(draft: Draft, problems: ProblemList) -> None:
    """Reports a gateway for text messages without a secret, and e-mails that nobody's answers come back from."""
    row = draft.row("confirmations")
    if row.get("text_url") and not row.get("text_secret_env"):
        problems.add(row.at("text_url"), "text_without_secret")
    if row.get("text") and not row.get("text_url"):
        problems.warn(row.at("text"), "text_to_nowhere")
    if row.get("email") and not row.get("reply_to"):
        problems.warn(row.at("email"), "answers_to_nobody")
