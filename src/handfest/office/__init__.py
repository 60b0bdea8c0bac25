"""The office: what people of the business look at and do, whatever page, program or command they do it with."""
