"""`make review ENV=prod`: what a reviewer must know of an environment, from its template alone."""
