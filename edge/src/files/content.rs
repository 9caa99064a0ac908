//! What was uploaded. It stays with JavaScript: memory of Wasm that has grown never shrinks again.

use super::{done, kind};
use crate::error::EdgeError;
use desk::Refusal;
use desk::room::Speaker;
use js_sys::{Promise, Uint8Array};
use protocol::problem::Code;
use protocol::{ClientMsgId, FileId, FileKind, FileName};
use sha2::{Digest, Sha256};
use std::cell::Cell;
use wasm_bindgen::prelude::*;
use worker::Request;

#[wasm_bindgen]
extern "C" {
    /// The runtime's own is many times as fast as one in Wasm.
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"])]
    fn digest(algorithm: &str, data: &Uint8Array) -> Result<Promise, JsValue>;
}

/// Bytes that this instance has in hand at most, half of what its memory takes: beyond, everybody's requests would go down
/// with it.
const MOST_IN_HAND: u32 = 64 * 1024 * 1024;
/// Whoever comes too many comes again after this, ms.
const AGAIN_MS: u32 = 2_000;

thread_local! {
    static IN_HAND: Cell<u32> = const { Cell::new(0) };
}

/// So many bytes are in hand until this is dropped.
struct InHand(u32);

impl InHand {
    fn take(bytes: u32) -> Result<InHand, Refusal> {
        let all = IN_HAND.get().saturating_add(bytes);
        if all > MOST_IN_HAND {
            return Err(Refusal::SlowDown { retry_after_ms: AGAIN_MS });
        }
        IN_HAND.set(all);
        Ok(InHand(bytes))
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        IN_HAND.set(IN_HAND.get().saturating_sub(self.0));
    }
}

/// The bytes of a file.
pub struct Content(Uint8Array, #[allow(dead_code, reason = "dropped with the bytes")] InHand);

impl Content {
    /// Reads the body of a request. Errors: [`Code::Malformed`] if it breaks off, or has not the length that was told;
    /// [`Code::SlowDown`] while too much is being read.
    pub async fn read(req: &Request, length: u32) -> Result<Content, EdgeError> {
        let in_hand = InHand::take(length)?;
        let read = done(req.inner().array_buffer()).await.map_err(|_| Code::Malformed)?;
        let bytes = Uint8Array::new(&read);
        if bytes.length() == length { Ok(Content(bytes, in_hand)) } else { Err(Code::Malformed.into()) }
    }

    /// What it is, whatever it is called; `None` for what nobody may send.
    pub fn kind(&self) -> Option<FileKind> {
        kind::of(self.0.length(), &|piece| self.0.subarray(piece.start, piece.end).to_vec())
    }

    /// SHA-256.
    pub async fn hash(&self) -> Result<Vec<u8>, EdgeError> {
        Ok(Uint8Array::new(&done(digest("SHA-256", &self.0)).await?).to_vec())
    }

    /// All of it.
    pub fn bytes(&self) -> &Uint8Array {
        &self.0
    }
}

/// Of sender, message, content (its hash) and name: a retry makes the same, and nothing else does.
pub fn id(speaker: &Speaker, message: &ClientMsgId, hash: &[u8], name: &FileName) -> FileId {
    let who = match speaker {
        Speaker::Visitor { visitor, .. } => visitor.as_str(),
        Speaker::Agent { agent } => agent.id.as_str(),
    };
    // All but the last have one length each.
    let all = [who.as_bytes(), message.as_str().as_bytes(), hash, name.as_str().as_bytes()].concat();
    let half = Sha256::digest(all).first_chunk().map(|half: &[u8; 16]| u128::from_le_bytes(*half));
    FileId::random(half.unwrap_or_default())
}
