//! The backend on Cloudflare Workers.
