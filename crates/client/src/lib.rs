//! The client side of a room link: reconnect, resend, resume, poll.
