//! What can go wrong, and how it becomes HTTP: once, here. Platform detail is logged and never leaves.

use crate::json::Unfit;
use desk::Refusal;
use protocol::problem::{Code, Problem};
use worker::{Response, console_error};

/// Why a request failed.
#[derive(Debug, Clone)]
pub enum EdgeError {
    /// The caller can act on it.
    Problem(Box<Problem>),
    /// Our side; the text is for the log only.
    Platform(String),
}

impl EdgeError {
    /// The problem document for the caller.
    pub fn problem(self) -> Problem {
        match self {
            EdgeError::Problem(problem) => *problem,
            EdgeError::Platform(detail) => {
                console_error!("{detail}");
                Code::Internal.into()
            }
        }
    }

    /// Whether it is this refusal.
    pub fn is(&self, code: Code) -> bool {
        matches!(self, EdgeError::Problem(problem) if problem.code == code)
    }

    /// As a reply. Errors: the runtime's own.
    pub fn response(self) -> worker::Result<Response> {
        let problem = self.problem();
        let status = u16::try_from(problem.status).unwrap_or(500);
        let response = Response::from_json(&problem)?.with_status(status);
        response.headers().set("content-type", "application/problem+json")?;
        response.headers().set("cache-control", "no-store")?;
        Ok(response)
    }
}

impl From<Code> for EdgeError {
    fn from(code: Code) -> Self {
        EdgeError::Problem(Box::new(code.into()))
    }
}

impl From<Problem> for EdgeError {
    fn from(problem: Problem) -> Self {
        EdgeError::Problem(Box::new(problem))
    }
}

impl From<Refusal> for EdgeError {
    fn from(refusal: Refusal) -> Self {
        EdgeError::Problem(Box::new(refusal.into()))
    }
}

impl From<worker::Error> for EdgeError {
    fn from(error: worker::Error) -> Self {
        EdgeError::Platform(error.to_string())
    }
}

impl From<Unfit> for EdgeError {
    fn from(error: Unfit) -> Self {
        EdgeError::Platform(format!("our own JSON: {error}"))
    }
}

impl From<serde_json::Error> for EdgeError {
    fn from(error: serde_json::Error) -> Self {
        EdgeError::Platform(format!("our own JSON: {error}"))
    }
}
