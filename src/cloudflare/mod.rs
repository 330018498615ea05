//! Cloudflare's API, as far as the posture check needs it: the rules and the uploaded certificates of
//! an account.
//!
//! [`transport`](Transport) sends one request and follows no redirect to another origin; [`Api`] adds
//! retries and the API's envelope; [`Account`] knows the paths. Secrets are in [`Credentials`] alone, and
//! they are removed from whatever the API says before it is shown.

mod account;
mod api;
mod bundle;
mod credentials;
mod error;
mod transport;

pub use account::{Account, Uploaded, is_account, is_identifier};
pub use api::Api;
pub use bundle::{Bundle, PulledRule};
pub use credentials::{BadCredentials, Credentials, Environment};
pub use error::{ApiError, ApiMessage, Permission, Refusal};
pub use transport::{DEFAULT_BASE, Transport};
