//! The API's conventions: its envelope, lists in pages, and when to ask again.

use super::error::{ApiError, ApiMessage, Pause, Permission, Refusal};
use super::transport::{ApiResponse, Transport};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::HashSet;
use std::time::Duration;
use ureq::http::Method;

/// A request that the API could not serve just now is sent again so often.
const RETRIES: u32 = 3;

/// Before the first retry; doubled before each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest pause that the API may ask for: somebody is waiting for the program.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A list has fewer pages; more mean that the server pages in circles.
const MAX_PAGES: u64 = 100;

/// The API, asked with patience.
#[derive(Debug)]
pub struct Api {
    transport: Transport,
    /// Told before every pause that the API asked for.
    notice: fn(&str),
}

impl Api {
    /// `notice` is told of pauses that the API asks for.
    pub fn new(transport: Transport, notice: fn(&str)) -> Self {
        Self { transport, notice }
    }

    pub fn transport(&self) -> &Transport {
        &self.transport
    }

    /// The `result` of a GET that asks for one thing.
    pub fn get(&self, path: &str, permission: Permission) -> Result<Value, ApiError> {
        let mut envelope = self.patiently(|_| self.once(&Method::GET, path, None, permission))?;
        match envelope["result"].take() {
            object @ Value::Object(_) => Ok(object),
            _ => Err(self.not_the_api(200, ": its result is not an object")),
        }
    }

    /// The `result` of one POST, which is not repeated: whoever repeats it must first look whether the
    /// failed one was carried out after all.
    pub fn post(&self, path: &str, body: &[u8], permission: Permission) -> Result<Value, ApiError> {
        self.once(&Method::POST, path, Some(body), permission).map(|mut envelope| envelope["result"].take())
    }

    /// The `result` of every page of a list.
    pub fn list(&self, path: &str, permission: Permission) -> Result<Vec<Value>, ApiError> {
        let mut items: Vec<Value> = Vec::new();
        let mut seen = HashSet::new();
        for page in 1..=MAX_PAGES {
            let paged = if page == 1 { path.to_owned() } else { format!("{path}?page={page}") };
            let mut envelope = self.patiently(|_| self.once(&Method::GET, &paged, None, permission))?;
            let before = items.len();
            match envelope["result"].take() {
                Value::Array(found) => {
                    items.extend(
                        found
                            .into_iter()
                            .filter(|item| item["id"].as_str().is_none_or(|id| seen.insert(id.to_owned()))),
                    );
                }
                Value::Null => {}
                _ => return Err(self.not_the_api(200, ": its result is not a list")),
            }
            if items.len() == before || is_last(&envelope["result_info"], page, items.len()) {
                break;
            }
        }
        Ok(items)
    }

    /// Runs `attempt` until it succeeds, fails for good, or has been tried often enough. It is told
    /// how many attempts went before.
    pub fn patiently<T>(&self, attempt: impl Fn(u32) -> Result<T, ApiError>) -> Result<T, ApiError> {
        let mut pause = FIRST_PAUSE;
        let mut tried = 0;
        loop {
            let error = match attempt(tried) {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let wait = match error.pause() {
                Some(Pause::Usual) => pause,
                Some(Pause::RetryAfter(asked)) => asked,
                None => return Err(error),
            };
            if tried == RETRIES || wait > LONGEST_PAUSE {
                return Err(error.with_attempts(tried + 1));
            }
            if matches!(error.pause(), Some(Pause::RetryAfter(_))) {
                (self.notice)(&format!("the API asks to wait; trying again in {} s", wait.as_secs()));
            }
            std::thread::sleep(wait);
            pause *= 2;
            tried += 1;
        }
    }

    fn once(
        &self,
        method: &Method,
        path: &str,
        body: Option<&[u8]>,
        permission: Permission,
    ) -> Result<Value, ApiError> {
        let answer = self.transport.send(method, path, body)?;
        let envelope: Option<Value> =
            serde_json::from_slice(&answer.body).ok().filter(|v: &Value| v["success"].is_boolean());
        let good = (200..300).contains(&answer.status);
        match envelope {
            Some(envelope) if good && envelope["success"] == true => Ok(self.scrubbed(envelope)),
            Some(envelope) => Err(self.refusal(&answer, &envelope, permission)),
            // Errors of the servers in front of the API, and redirects that lead nowhere, have no envelope.
            None if answer.status == 429 || answer.status >= 500 => {
                Err(self.refusal(&answer, &Value::Null, permission))
            }
            None => Err(self.not_the_api(answer.status, &self.what_else(&answer))),
        }
    }

    fn refusal(&self, answer: &ApiResponse, envelope: &Value, permission: Permission) -> ApiError {
        ApiError::Refused(Box::new(Refusal {
            status: answer.status,
            errors: self.messages(&envelope["errors"]),
            permission,
            by_token: self.transport.credentials().is_token(),
            retry_after: answer.retry_after.as_deref().and_then(parse_retry_after),
            attempts: 1,
        }))
    }

    /// The API's messages, each with those of its chain.
    fn messages(&self, errors: &Value) -> Vec<ApiMessage> {
        let mut messages = Vec::new();
        for error in errors.as_array().into_iter().flatten().take(10) {
            let chain = error["error_chain"].as_array().into_iter().flatten().take(10);
            for part in std::iter::once(error).chain(chain) {
                let message = part["message"].as_str().unwrap_or("no message");
                let message = self.transport.credentials().scrub(message);
                messages.push(ApiMessage { code: part["code"].as_i64(), message: cut(&message) });
            }
        }
        messages
    }

    fn not_the_api(&self, status: u16, what: &str) -> ApiError {
        ApiError::NotTheApi { host: self.transport.host(), status, what: what.to_owned() }
    }

    fn what_else(&self, answer: &ApiResponse) -> String {
        let kind = answer.content_type.split(';').next().unwrap_or_default().trim();
        if answer.body.is_empty() {
            " but nothing".to_owned()
        } else if kind.is_empty() || kind == "application/json" {
            String::new()
        } else {
            format!(" but {}", self.transport.safe(&cut(kind)))
        }
    }

    /// What the API answered, without the secrets, should it repeat them.
    fn scrubbed(&self, value: Value) -> Value {
        let credentials = self.transport.credentials();
        match value {
            Value::String(text) => Value::String(credentials.scrub(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.scrubbed(item)).collect(),
            Value::Object(fields) => fields
                .into_iter()
                .map(|(name, item)| (credentials.scrub(&name), self.scrubbed(item)))
                .collect(),
            other => other,
        }
    }
}

/// Whether no page follows. Without `result_info` a list is one page.
fn is_last(info: &Value, page: u64, have: usize) -> bool {
    if let Some(pages) = info["total_pages"].as_u64() {
        return page >= pages;
    }
    info["total_count"].as_u64().is_none_or(|total| have as u64 >= total)
}

/// A number of seconds, or a date (RFC 9110 §10.2.3).
fn parse_retry_after(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text.trim()).ok()?;
    let seconds = date.timestamp().as_second() - Timestamp::now().as_second();
    Some(Duration::from_secs(seconds.max(0).unsigned_abs()))
}

/// Messages of a readable length.
fn cut(text: &str) -> String {
    match text.char_indices().nth(300) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_last_page_is_known() {
        assert!(is_last(&Value::Null, 1, 20));
        assert!(is_last(&json!({"page": 1, "per_page": 20, "count": 3, "total_count": 3}), 1, 3));
        assert!(!is_last(&json!({"page": 1, "per_page": 20, "count": 20, "total_count": 21}), 1, 20));
        assert!(!is_last(&json!({"total_pages": 2, "total_count": 1}), 1, 20));
    }

    #[test]
    fn both_forms_of_retry_after() {
        assert_eq!(parse_retry_after("7"), Some(Duration::from_secs(7)));
        assert_eq!(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        assert_eq!(parse_retry_after("soon"), None);
        assert_eq!(parse_retry_after("-1"), None);
    }
}
