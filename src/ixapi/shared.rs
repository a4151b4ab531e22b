//! Looking at objects together: one answer of the exchange shows many, and is for all who look at
//! one of them at about the same time.
//!
//! Terraform asks for objects one by one, ten at a time. What is answered here is what the address
//! of each object would have answered, by these rules:
//!
//! - No answer is older than was asked for.
//! - A row of a list stands for its object only if another row of its [form](super::form) was seen
//!   to be equal to its object. A form that is not proven is compared with its object, which is
//!   looked at alone. The first row that shows less than its object ends the sharing.
//! - A row is given once. Whoever asks again looks anew.
//! - An object that no list shows is looked at alone: a list proves no absence here.
//! - An exchange that does not let its lists be read in time is asked for each object alone.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::select;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::error::Error;
use super::known::{HANDFUL, Kept, MOST_AGE, MOST_IDS, Of, Purpose, Seen, Sheet, Together, Way};
use super::lenient::{Json, is_of};
use super::lock::lock;
use super::objects::Objects;
use super::paging::Pages;
use super::rows::Row;

/// How long a list may keep those waiting who want one object of it.
const PATIENCE: Duration = Duration::from_secs(30);

/// For so long others may join a question about several ids.
const GATHERING: Duration = Duration::from_millis(3);

/// What came of a look.
#[derive(Debug)]
pub enum Look {
    /// What the object's own address says.
    Alone(Json),
    /// What a list says of it.
    Shared(Json),
}

impl Look {
    /// The object.
    pub fn into_object(self) -> Json {
        match self {
            Look::Alone(object) | Look::Shared(object) => object,
        }
    }
}

/// An object that is being waited for. It is looked at together with the others of its collection
/// that are.
#[derive(Debug)]
pub struct Watch {
    objects: Objects,
    id: String,
}

impl Objects {
    /// The object of this id, no older than this moment. Where others of its collection are looked
    /// at as well, one answer of the exchange may be for all of them; it is what [`Objects::find`]
    /// would have answered, as far as lists that were seen to be right can be trusted.
    ///
    /// `kept` tells what the caller has to add to an answer, as a number: a list has to be seen to
    /// be right for each.
    pub async fn look(
        &self,
        id: &str,
        no_older_than: Instant,
        kept: Kept<'_>,
        stop: &CancellationToken,
    ) -> Result<Look, Error> {
        match &self.together {
            Some(together) => {
                let purpose = Purpose::Refresh(kept);
                together.look(self, id, no_older_than, purpose, stop).await
            }
            None => self.find(id, stop).await.map(Look::Alone),
        }
    }

    /// As [`Objects::belonging`], no older than this moment, and whether a list of all has said it;
    /// like [`Objects::look`].
    ///
    /// # Errors
    /// Those of [`Objects::belonging`].
    pub async fn belonging_since(
        &self,
        moment: Instant,
        field: &str,
        id: &str,
        stop: &CancellationToken,
    ) -> Result<(Vec<Json>, bool), Error> {
        let Some(together) = &self.together else {
            return Ok((self.belonging(field, id, stop).await?, false));
        };
        let belongings = &together.belongings;
        let askings = belongings.known().asked();
        if askings > HANDFUL && belongings.known().is_of_use() {
            let _turn = select! {
                biased;
                () = stop.cancelled() => None,
                turn = belongings.turn.lock() => Some(turn),
            };
            let is_old = !belongings.known().is_no_older_than(moment);
            if is_old && !stop.is_cancelled() {
                let began = Instant::now();
                let list = self.preview(&[], Pages::default(), askings, stop);
                let list = timeout(PATIENCE, list).await;
                let list = list.ok().and_then(Result::ok);
                let list = list.filter(|pages| pages.is_complete() && pages.is_proper());
                belongings.known().sort(began, field, list);
            }
            if let Some(rows) = belongings.known().of(id, moment) {
                return Ok((rows, true));
            }
        }
        let rows = self.belonging(field, id, stop).await?;
        if askings <= HANDFUL && !rows.is_empty() {
            belongings.known().sample(id, &rows);
        }
        Ok((rows, false))
    }

    /// Waiting for the object of this id, for as long as the answer lives.
    pub fn watch(&self, id: &str) -> Watch {
        if let Some(together) = &self.together {
            together.watch(id);
        }
        Watch {
            objects: self.clone(),
            id: id.to_owned(),
        }
    }
}

impl Watch {
    /// When to look next: after about this pause, together with others if they look at about that
    /// time, and not before the exchange wants to be asked again.
    pub fn next(&self, pause: Duration) -> Instant {
        match &self.objects.together {
            Some(together) => together.next(pause),
            None => Instant::now() + pause,
        }
    }

    /// The object as it is at the moment that [`Watch::next`] has named, or later.
    ///
    /// # Errors
    /// What the exchange refused, or why it could not be asked.
    pub async fn look(&self, due: Instant, stop: &CancellationToken) -> Result<Look, Error> {
        let (objects, id) = (&self.objects, &self.id);
        match &objects.together {
            Some(together) => together.look(objects, id, due, Purpose::Wait, stop).await,
            None => objects.find(id, stop).await.map(Look::Alone),
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(together) = &self.objects.together {
            together.unwatch(&self.id);
        }
    }
}

impl Together {
    /// The object of this id, no older than this moment.
    async fn look(
        &self,
        objects: &Objects,
        id: &str,
        no_older_than: Instant,
        purpose: Purpose<'_>,
        stop: &CancellationToken,
    ) -> Result<Look, Error> {
        let (looks, _looking) = self.looking(id);
        if looks <= HANDFUL {
            let alone = objects.find(id, stop).await?;
            if purpose.is_refresh() {
                self.known().sample(&alone, purpose.form(&alone));
            }
            return Ok(Look::Alone(alone));
        }
        let mut has_asked = false;
        let mut seen = self.known().seen(id, no_older_than);
        if matches!(seen, Seen::Unseen) && self.known().is_of_use(purpose) {
            let _turn = select! {
                biased;
                () = stop.cancelled() => None,
                turn = self.turn.lock() => Some(turn),
            };
            seen = self.known().seen(id, no_older_than);
            if matches!(seen, Seen::Unseen) && !stop.is_cancelled() {
                self.ask(objects, no_older_than, purpose, stop).await;
                has_asked = true;
                seen = self.known().seen_after_asking(id, no_older_than);
            }
        }
        match (seen, purpose) {
            (Seen::Row(row), _) => self.judge(objects, id, &row, purpose, stop).await,
            (Seen::Silent(error), Purpose::Wait) if !has_asked => Err(error),
            (Seen::Silent(_), Purpose::Wait) => {
                let alone = objects.find(id, stop).await?;
                // The exchange is not silent: its list is.
                self.known().list_is_silent();
                Ok(Look::Alone(alone))
            }
            _ => objects.find(id, stop).await.map(Look::Alone),
        }
    }

    /// The object that a row is about: as the row has it, if one of its form was seen to be equal.
    async fn judge(
        &self,
        objects: &Objects,
        id: &str,
        row: &Row,
        purpose: Purpose<'_>,
        stop: &CancellationToken,
    ) -> Result<Look, Error> {
        let Some(row) = row.json().filter(|row| is_of(row, id)) else {
            return objects.find(id, stop).await.map(Look::Alone);
        };
        let form = purpose.form(&row);
        let mut verdict = self.known().verdict(form);
        let mut proving = None;
        if verdict.is_none() {
            // One at a time: what it finds out holds for the others.
            let lock = Arc::clone(lock(&self.proving).entry(form).or_default());
            let since = Instant::now();
            proving = select! {
                biased;
                () = stop.cancelled() => None,
                proving = lock.lock_owned() => Some(proving),
            };
            verdict = self.known().verdict(form);
            if since.elapsed() > MOST_AGE {
                // By now the row is too old.
                verdict = Some(false);
            }
        }
        if verdict == Some(true) {
            return Ok(Look::Shared(row));
        }
        let alone = objects.find(id, stop).await?;
        self.known().compare(&alone, &row, form);
        drop(proving);
        Ok(Look::Alone(alone))
    }

    /// Asks the exchange for many. Where that fails, everybody looks alone.
    async fn ask(
        &self,
        objects: &Objects,
        no_older_than: Instant,
        purpose: Purpose<'_>,
        stop: &CancellationToken,
    ) {
        let mut way = self.known().way(no_older_than, purpose);
        if matches!(way, Way::Alone | Way::These(_)) && purpose.is_refresh() {
            // Others may be about to come.
            sleep(GATHERING).await;
            way = self.known().way(no_older_than, purpose);
        }
        let began = Instant::now();
        match way {
            Way::Alone => {}
            Way::All(begun, most) => {
                let mut sheet = begun.unwrap_or_else(|| Box::new(Sheet::new(began, Of::All)));
                let rest = sheet.rest.take().unwrap_or_default();
                let list = objects.preview(&[], rest, most, stop);
                let list = timeout(PATIENCE, list).await;
                let mut known = self.known();
                match list {
                    Ok(Ok(pages)) => {
                        sheet.take(pages);
                        known.whole_failed = 0;
                        known.keep(*sheet);
                    }
                    Ok(Err(error)) => {
                        let failed = known.failed(&error, purpose);
                        known.whole_failed += failed;
                    }
                    Err(_) => {
                        known.whole_failed += 1;
                        known.gave_up(objects.too_slow(PATIENCE));
                    }
                }
            }
            Way::These(ids) => {
                let lists = ids.chunks(MOST_IDS).map(|ids| {
                    let query = [("id".to_owned(), ids.join(","))];
                    async move {
                        let list = objects.preview(&query, Pages::default(), ids.len(), stop);
                        timeout(PATIENCE, list).await
                    }
                });
                let lists = join_all(lists).await;
                let mut answered = HashSet::new();
                let mut rows = Vec::new();
                let mut known = self.known();
                for (list, ids) in lists.into_iter().zip(ids.chunks(MOST_IDS)) {
                    match list {
                        Ok(Ok(pages)) => {
                            known.some_failed = 0;
                            answered.extend(ids.iter().map(|id| id.to_ascii_lowercase()));
                            rows.push(pages);
                        }
                        Ok(Err(error)) => {
                            let failed = known.failed(&error, purpose);
                            known.some_failed += failed;
                        }
                        Err(_) => {
                            known.some_failed += 1;
                            known.gave_up(objects.too_slow(PATIENCE));
                        }
                    }
                }
                let mut sheet = Sheet::new(began, Of::These(answered));
                rows.into_iter().for_each(|rows| sheet.take(rows));
                known.keep(sheet);
            }
        }
    }
}

#[cfg(test)]
mod tests;
