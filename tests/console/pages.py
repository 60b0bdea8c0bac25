"""Every page of the console: its name among the pictures, its address, and how it is shown."""

PAGES = {
    "login": "/login",
    "overview": "/",
    "today": "/b/salon/today",
    "calls": "/b/salon/calls",
    "call-kept": "/b/salon/calls/call_0001",
    "call-lost": "/b/salon/calls/call_lost",
    "bookings-day": "/b/salon/bookings",
    "bookings-week": "/b/salon/bookings?view=week",
    "bookings-list": "/b/salon/bookings?view=list",
    "booking": "/b/salon/bookings/{booking}",
    "callbacks": "/b/salon/callbacks",
    "catalogue": "/b/salon/catalogue?phrase=Haarschnitt&moment=morgen+um+drei",
    "catalogue-edit": "/b/salon/catalogue/edit",
    "service": "/b/salon/catalogue/services/ansatz",
    "health": "/b/salon/health",
    "try": "/b/salon/try",
    "people": "/b/salon/people",
    "account": "/account",
}

SIZES = ((1280, 800), (390, 844))
THEMES = ("light", "dark")


def picture_name(page: str, width: int, theme: str) -> str:
    """The file that shows this page at this width and in this light."""
    return f"{page}-{width}-{theme}.png"
