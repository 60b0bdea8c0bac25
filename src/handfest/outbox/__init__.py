"""What leaves the house for people: letters to customers by e-mail and text message, mails of alerts."""
