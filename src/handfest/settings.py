"""Settings from the environment; every one has a default and a line in docs/settings.md (tested)."""

from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def default_database() -> str:
    """The SQLite file under the user's data folder."""
    return str(Path(user_data_path("handfest")) / "handfest.sqlite3")


class Settings(BaseSettings):
    """What the process is told from outside."""

    model_config = SettingsConfigDict(env_prefix="HANDFEST_", extra="ignore")

    database: str = Field(
        default_factory=default_database, description="SQLite file or postgresql:// address."
    )
    commit: str | None = Field(
        default=None,
        description="Which commit runs; named in health and in every trace, as the image sets it.",
    )
    host: str = Field(default="127.0.0.1", description="Address the server listens on.")
    port: int = Field(
        default=8080, ge=0, le=65535, description="Port the server listens on; 0 takes a free one."
    )
    body_max_bytes: int = Field(
        default=2 * 1024 * 1024, ge=1024, description="Largest request body accepted."
    )
    retell_base_url: str = Field(
        default="https://api.retellai.com", description="Where Retell's management API is."
    )
    public_url: str | None = Field(
        default=None, description="Where this gateway is reached from outside, such as https://book.example."
    )
    oidc_issuer: str = Field(
        default="", description="OpenID Connect provider for single sign-on; empty: none."
    )
    oidc_client_id: str = Field(default="", description="As whom we are known to the provider.")
    oidc_client_secret: str = Field(default="", description="The secret that goes with it.", repr=False)
    oidc_name: str = Field(default="Single Sign-on", description="What the button on the login page says.")
    session_idle_hours: float = Field(
        default=72.0, gt=0, description="Hours after which a login that is not used ends."
    )
    session_days: float = Field(
        default=30.0, gt=0, description="Days after which a login ends however much it is used."
    )
    transcript_days: int = Field(
        default=30, ge=0, description="Days that redacted transcripts are kept; 0 keeps none."
    )
    reconcile_seconds: float = Field(
        default=5.0, gt=0, description="How often unsettled bookings are looked up."
    )
    follow_seconds: float = Field(default=900.0, ge=60, description="How often a followed calendar is read.")
    smtp_url: str = Field(
        default="",
        description="Mail server for alerts and confirmations: smtp://user:password@host:587 or smtps://host:465.",
    )
    alert_sender: str = Field(default="handfest@localhost", description="From address of alert mails.")
    mail_sender: str = Field(
        default="", description="From address of confirmations; if empty, that of alert mails."
    )
    letter_seconds: float = Field(default=2.0, gt=0, description="How often confirmations are sent.")
    otlp_url: str = Field(
        default="",
        description="Where traces are sent (OTLP over HTTP), such as http://127.0.0.1:4318/v1/traces; empty: nowhere.",
    )
    metrics_token: str = Field(
        default="",
        description="Bearer token that `/metrics` asks for; without one only this machine is answered.",
    )
    alert_seconds: float = Field(default=5.0, gt=0, description="How often alerts are sent.")
    live_seconds: float = Field(
        default=2.0, gt=0, description="How often open pages look for what other processes did."
    )
