//! Files in a conversation: what may be sent, and what is told of one.

use crate::{FileId, FileKind, FileName, lean_struct};
use serde::{Deserialize, Serialize};

/// A file that was sent. `GET /v1/conversations/{id}/files?file=…` gives its bytes, always as a download.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct File {
    /// Made of sender, message id and content, so a retry makes the same.
    pub id: FileId,
    /// As its sender called it.
    pub name: FileName,
    /// By content, not by name.
    pub kind: FileKind,
    /// Its size.
    pub bytes: u32,
}
lean_struct!(File { id, name, kind, bytes });

/// What may be sent in a tenant's conversations. A part of
/// [`ConversationSettings`](crate::routing::ConversationSettings).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct FileSettings {
    /// PNG, JPEG, GIF, WebP.
    pub images: bool,
    /// PDF, plain text, office documents.
    pub documents: bool,
    /// The largest file, KiB: 1 to 25,600.
    pub max_kb: u32,
}
lean_struct!(FileSettings { images, documents, max_kb });

impl Default for FileSettings {
    fn default() -> FileSettings {
        FileSettings { images: true, documents: true, max_kb: 10_240 }
    }
}

impl FileSettings {
    /// Least and most of [`FileSettings::max_kb`].
    pub const MAX_KB: (u32, u32) = (1, 25_600);

    /// Whether files of this kind may be sent.
    pub fn takes(self, kind: FileKind) -> bool {
        if kind.is_image() { self.images } else { self.documents }
    }
}

impl FileKind {
    /// The media type under which it is stored and given out.
    pub fn media_type(self) -> &'static str {
        match self {
            FileKind::Png => "image/png",
            FileKind::Jpeg => "image/jpeg",
            FileKind::Gif => "image/gif",
            FileKind::Webp => "image/webp",
            FileKind::Pdf => "application/pdf",
            FileKind::Text => "text/plain; charset=utf-8",
            FileKind::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            FileKind::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            FileKind::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            FileKind::Odt => "application/vnd.oasis.opendocument.text",
        }
    }

    /// Whether a browser can show it as a picture.
    pub fn is_image(self) -> bool {
        self <= FileKind::Webp
    }
}
