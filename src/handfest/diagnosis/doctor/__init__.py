"""What is checked before anybody calls: the agent's definition and followed calendars."""
