//! Integration tests against a real workerd, and browser stories.
