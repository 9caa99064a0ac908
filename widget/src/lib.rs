//! The chat that a website owner embeds.
