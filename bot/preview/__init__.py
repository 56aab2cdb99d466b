"""`handrail preview`: content as people will see it, as pages to look at in a browser."""
