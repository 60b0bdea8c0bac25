"""The console's pages: what a person sees and does, made of the use cases of the office."""
