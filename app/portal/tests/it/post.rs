//! A mailer that keeps what it is given.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use lakeport_portal::notify::{Mail, Mailer};

#[derive(Default)]
pub(crate) struct Post {
    attempts: Mutex<Vec<Mail>>,
    closed: AtomicBool,
}

impl Post {
    /// From now on nothing is taken.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn open(&self) {
        self.closed.store(false, Ordering::Relaxed);
    }

    /// Everything that was handed over, refused or not, since the last call.
    pub(crate) fn take(&self) -> Vec<Mail> {
        std::mem::take(&mut *self.attempts.lock().expect("no test panicked while holding it"))
    }
}

#[async_trait]
impl Mailer for Post {
    async fn send(&self, mail: &Mail) -> Result<(), String> {
        self.attempts.lock().expect("no test panicked while holding it").push(mail.clone());
        if self.closed.load(Ordering::Relaxed) {
            return Err("the post office is closed".to_owned());
        }
        Ok(())
    }
}
