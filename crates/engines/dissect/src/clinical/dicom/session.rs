//! The state of a DICOM conversation: PDUs, value items, command sets and data sets of both sides.

use wire::{Limit, Reader};

use super::anomaly::DicomAnomaly;
use super::dataset::{Encoding, Walk};
use super::message::{
    ASSOCIATION, Command, CommandField, IdentityType, ItemType, PDU_HEADER, PduType, Service,
    read_association, read_command, read_context, read_header, read_item, uid,
};
use super::{PROTOCOL, observe};
use crate::{Chunk, Notes, Session, Side, Step};

/// Both sides and what they agreed on.
#[derive(Debug, Default)]
pub(super) struct Dicom {
    originator: Half,
    responder: Half,
    /// Encoding of data sets by context identifier, as answered; until then as proposed.
    contexts: Vec<(u8, Option<Encoding>, bool)>,
    /// Abstract syntaxes by identifier, so that an answer shows what was accepted.
    services: Vec<(u8, Option<Service>)>,
}

/// What one side is in the middle of.
#[derive(Debug, Default)]
struct Half {
    /// Bytes of the P-DATA PDU that are still to come.
    pdu_left: u64,
    /// Value item that is being read.
    item: Option<Item>,
    command: Vec<u8>,
    data_set: Option<Walk>,
    /// What the last command said about the data set that follows.
    expects: Expects,
    /// What a P-DATA PDU says that has not ended.
    kept: Notes,
    /// What a data set says that has not ended.
    attributes: Notes,
}

/// A value item (PS3.8 9.3.5).
#[derive(Debug, Clone, Copy)]
struct Item {
    left: u64,
    context: u8,
    is_command: bool,
    is_last: bool,
}

/// What is done with the next data set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Expects {
    /// It says what equipment the sender is or has.
    Equipment,
    /// It is passed over.
    #[default]
    Nothing,
}

const COMMAND: Limit = Limit::new("dicom_command", 16 << 10, "a command set is a few hundred bytes");
/// Context identifiers are odd bytes (PS3.8 9.3.2.2).
const CONTEXTS: Limit = Limit::new("dicom_contexts", 128, "there are 128 odd bytes");
/// Abstract syntaxes noted for one association: some propose all there are.
const SYNTAXES: Limit = Limit::new("dicom_abstract_syntaxes", 16, "what a station is for shows in a few");
const ITEM_HEADER: usize = 6;

impl Session for Dicom {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let half = self.half_mut(chunk.side);
        if !half.is_in_pdu() {
            return self.pdu(chunk, notes);
        }
        let mut kept = std::mem::take(&mut half.kept);
        let step =
            if half.item.is_some() { self.fragment(chunk, &mut kept) } else { self.item(chunk, &mut kept) };
        let half = self.half_mut(chunk.side);
        half.kept = kept;
        if !matches!(step, Step::Skip(_)) {
            half.release(notes);
        }
        step
    }

    fn skipped(&mut self, side: Side, notes: &mut Notes) {
        self.half_mut(side).release(notes);
    }

    fn end(&mut self, side: Side, notes: &mut Notes) {
        let half = self.half_mut(side);
        notes.append(&mut half.kept);
        notes.append(&mut half.attributes);
    }

    /// A PDU with one value item that fills it: that is how data comes.
    fn resync(&mut self, side: Side, bytes: &[u8]) -> Option<usize> {
        let half = self.half_mut(side);
        *half = Half::default();
        bytes.windows(PDU_HEADER + ITEM_HEADER).position(|window| {
            let [kind, zero, a, b, c, d, e, f, g, h, context, control] = *window else { return false };
            let (pdu, item) = (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]));
            let fits = pdu == item.wrapping_add(4) && item >= 2 && context & 1 == 1 && control <= 3;
            kind == PduType::P_DATA.0 && zero == 0 && fits
        })
    }

    fn memory(&self) -> usize {
        self.originator.memory()
            + self.responder.memory()
            + self.contexts.capacity() * 3
            + self.services.capacity() * 2
    }
}

impl Half {
    fn memory(&self) -> usize {
        self.command.capacity()
            + self.data_set.as_ref().map_or(0, Walk::memory)
            + self.kept.memory()
            + self.attributes.memory()
    }

    const fn is_in_pdu(&self) -> bool {
        self.pdu_left > 0 || self.item.is_some()
    }

    /// Notes what was kept back of a PDU and of a data set that have ended.
    fn release(&mut self, notes: &mut Notes) {
        if self.is_in_pdu() {
            return;
        }
        notes.append(&mut self.kept);
        if self.data_set.is_none() {
            notes.append(&mut self.attributes);
        }
    }

    /// So many bytes of the item were read or passed over.
    fn advance(&mut self, count: u64) {
        self.pdu_left = self.pdu_left.saturating_sub(count);
        if let Some(item) = &mut self.item {
            item.left = item.left.saturating_sub(count);
        }
    }
}

impl Dicom {
    const fn half(&self, side: Side) -> &Half {
        match side {
            Side::Originator => &self.originator,
            Side::Responder => &self.responder,
        }
    }

    const fn half_mut(&mut self, side: Side) -> &mut Half {
        match side {
            Side::Originator => &mut self.originator,
            Side::Responder => &mut self.responder,
        }
    }

    fn pdu(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let mut reader = Reader::open(chunk.bytes);
        let Ok(header) = read_header(&mut reader) else { return Step::Need(PDU_HEADER) };
        let length = usize::try_from(header.length).unwrap_or(usize::MAX);
        match header.kind {
            PduType::P_DATA => {
                self.half_mut(chunk.side).pdu_left = u64::from(header.length);
                Step::Consumed(PDU_HEADER)
            }
            PduType::ASSOCIATE_RQ | PduType::ASSOCIATE_AC if !ASSOCIATION.allows(length) => {
                note(DicomAnomaly::LongAssociation, notes);
                Step::Skip(u64::from(header.length).saturating_add(6))
            }
            PduType::ASSOCIATE_RQ | PduType::ASSOCIATE_AC => {
                let Ok(mut body) = reader.sub(length) else {
                    return Step::Need(PDU_HEADER.saturating_add(length));
                };
                if self.association(chunk.side, &mut body, notes).is_err() {
                    note(DicomAnomaly::BrokenPdu, notes);
                }
                Step::Consumed(reader.consumed())
            }
            PduType::ASSOCIATE_RJ | PduType::RELEASE_RQ | PduType::RELEASE_RP | PduType::ABORT => {
                let Ok(body) = reader.take(length.min(4)) else { return Step::Need(PDU_HEADER + 4) };
                Self::control(header.kind, body, notes);
                let rest = u64::from(header.length).saturating_add(6);
                Step::Skip(rest)
            }
            _ => {
                note(DicomAnomaly::UnknownPdu, notes);
                Step::Done
            }
        }
    }

    fn control(kind: PduType, body: &[u8], notes: &mut Notes) {
        match (kind, body) {
            (PduType::ASSOCIATE_RJ, [_, _, _, reason]) => {
                note(DicomAnomaly::Rejected, notes);
                observe::rejected(*reason, notes);
            }
            (PduType::ABORT, _) => note(DicomAnomaly::Aborted, notes),
            _ => {}
        }
    }

    fn association(&mut self, side: Side, body: &mut Reader<'_>, notes: &mut Notes) -> wire::Result<()> {
        let association = read_association(body)?;
        observe::titles(side, association.called, association.calling, notes);
        let mut items = association.items;
        let mut seen = [false; Service::ALL.len()];
        let mut syntaxes = 0;
        while !items.is_empty() {
            let (kind, mut content) = read_item(&mut items)?;
            match kind {
                ItemType::APPLICATION_CONTEXT => observe::application_context(uid(content.as_slice()), notes),
                ItemType::PRESENTATION_CONTEXT_RQ | ItemType::PRESENTATION_CONTEXT_AC => {
                    let service = self.context(side, &mut content, &mut syntaxes, notes)?;
                    for (known, seen) in Service::ALL.iter().zip(&mut seen) {
                        *seen |= service == Some(*known);
                    }
                }
                ItemType::USER_INFORMATION => user_information(&mut content, notes)?,
                _ => {}
            }
        }
        for (service, _) in Service::ALL.iter().zip(seen).filter(|(_, seen)| *seen) {
            observe::negotiated(*service, side, notes);
        }
        Ok(())
    }

    /// Learns a presentation context. Gives the service that the sender proposes or accepts in it.
    fn context(
        &mut self,
        side: Side,
        content: &mut Reader<'_>,
        syntaxes: &mut usize,
        notes: &mut Notes,
    ) -> wire::Result<Option<Service>> {
        let context = read_context(content)?;
        if !CONTEXTS.allows(self.contexts.len()) {
            note(DicomAnomaly::TooManyContexts, notes);
            return Ok(None);
        }
        let transfer_syntax = first_transfer_syntax(context.transfer_syntaxes)?;
        if side == Side::Originator {
            let service = context.abstract_syntax.and_then(|syntax| Service::of(uid(syntax)));
            self.services.push((context.id, service));
            let encoding = transfer_syntax.and_then(Encoding::of);
            self.contexts.push((context.id, encoding, transfer_syntax.is_some() && encoding.is_none()));
            *syntaxes += 1;
            if let Some(syntax) = context.abstract_syntax.filter(|_| SYNTAXES.allows(*syntaxes)) {
                observe::abstract_syntax(uid(syntax), notes);
            }
            return Ok(service);
        }
        if context.result != 0 {
            return Ok(None);
        }
        if let Some(syntax) = transfer_syntax {
            observe::accepted_transfer_syntax(syntax, notes);
            let encoding = Encoding::of(syntax);
            self.contexts.retain(|(id, _, _)| *id != context.id);
            self.contexts.push((context.id, encoding, encoding.is_none()));
        }
        Ok(self.services.iter().find(|(id, _)| *id == context.id).and_then(|(_, service)| *service))
    }

    /// Header of the next value item in the PDU.
    fn item(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let half = self.half_mut(chunk.side);
        let mut reader = Reader::open(chunk.bytes);
        let header = (reader.u32_be(), reader.u8(), reader.u8());
        let (Ok(length), Ok(context), Ok(control)) = header else { return Step::Need(ITEM_HEADER) };
        if length < 2 || u64::from(length).saturating_add(4) > half.pdu_left {
            note(DicomAnomaly::BrokenItem, notes);
            return Step::Skip(std::mem::take(&mut half.pdu_left));
        }
        half.pdu_left = half.pdu_left.saturating_sub(6);
        half.item = Some(Item {
            left: u64::from(length).saturating_sub(2),
            context,
            is_command: control & 1 == 1,
            is_last: control & 2 == 2,
        });
        if length == 2 {
            self.end_item(chunk.side, notes);
        }
        Step::Consumed(ITEM_HEADER)
    }

    /// Bytes of a value item.
    fn fragment(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let half = self.half(chunk.side);
        let Some(item) = half.item else { return Step::Done };
        let here = chunk.bytes.get(..usize::try_from(item.left).unwrap_or(usize::MAX)).unwrap_or(chunk.bytes);
        if item.is_command {
            return self.command_fragment(chunk.side, here, notes);
        }
        let walk = self.walk(chunk.side, item.context);
        let skippable = walk.skippable().min(item.left);
        if skippable > 0 {
            walk.skipped(skippable);
            self.read(chunk.side, skippable, notes);
            return Step::Skip(skippable);
        }
        // What may be passed over is passed over by the next step, however the bytes were cut.
        let mut attributes = std::mem::take(&mut self.half_mut(chunk.side).attributes);
        let walk = self.walk(chunk.side, item.context);
        let read = walk.feed(here, |tag, value| observe::attribute(tag, value, &mut attributes));
        self.half_mut(chunk.side).attributes = attributes;
        self.read(chunk.side, u64::try_from(read).unwrap_or(u64::MAX), notes);
        Step::Consumed(read)
    }

    /// So many bytes of the item were read or passed over.
    fn read(&mut self, side: Side, count: u64, notes: &mut Notes) {
        let half = self.half_mut(side);
        half.advance(count);
        if half.item.is_some_and(|item| item.left == 0) {
            self.end_item(side, notes);
        }
    }

    fn command_fragment(&mut self, side: Side, bytes: &[u8], notes: &mut Notes) -> Step {
        let half = self.half_mut(side);
        if !COMMAND.allows(half.command.len().saturating_add(bytes.len())) {
            note(DicomAnomaly::BrokenCommand, notes);
            return Step::Done;
        }
        half.command.extend_from_slice(bytes);
        half.advance(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if half.item.is_some_and(|item| item.left == 0) {
            self.end_item(side, notes);
        }
        Step::Consumed(bytes.len())
    }

    /// The walk over the data set that is being sent; a new one at its start.
    fn walk(&mut self, side: Side, context: u8) -> &mut Walk {
        let known = self.contexts.iter().find(|(id, _, _)| *id == context);
        let (encoding, is_deflated) =
            known.map_or((None, false), |(_, encoding, deflated)| (*encoding, *deflated));
        let half = self.half_mut(side);
        let wanted = half.expects == Expects::Equipment && !is_deflated;
        half.data_set.get_or_insert_with(|| if wanted { Walk::new(encoding) } else { Walk::over() })
    }

    fn end_item(&mut self, side: Side, notes: &mut Notes) {
        let half = self.half_mut(side);
        let Some(item) = half.item.take() else { return };
        if !item.is_last {
            return;
        }
        if item.is_command {
            let bytes = std::mem::take(&mut half.command);
            match read_command(&bytes) {
                Ok(command) => self.command(side, &command, notes),
                Err(_) => note(DicomAnomaly::BrokenCommand, notes),
            }
        } else {
            if half.data_set.take().is_some_and(|walk| walk.is_broken()) {
                note(DicomAnomaly::BrokenDataSet, notes);
            }
            half.expects = Expects::Nothing;
        }
    }

    fn command(&mut self, side: Side, command: &Command<'_>, notes: &mut Notes) {
        observe::command(command, side, notes);
        let field = command.field;
        let half = self.half_mut(side);
        // What comes back in a C-GET was made by others.
        let is_own = side == Side::Originator;
        half.expects = match field {
            Some(CommandField::C_STORE_RQ) if is_own => {
                observe::stored(command.sop_class, notes);
                Expects::Equipment
            }
            Some(CommandField::N_CREATE_RQ)
                if is_own && Service::of(command.sop_class) == Some(Service::ProcedureStep) =>
            {
                Expects::Equipment
            }
            _ => Expects::Nothing,
        };
        let carries = matches!(
            field,
            Some(CommandField::C_STORE_RQ | CommandField::C_FIND_RSP | CommandField::N_CREATE_RQ)
        );
        if carries && command.has_data_set {
            observe::data_set(notes);
        }
    }
}

fn user_information(content: &mut Reader<'_>, notes: &mut Notes) -> wire::Result<()> {
    while !content.is_empty() {
        let (kind, mut item) = read_item(content)?;
        match kind {
            ItemType::IMPLEMENTATION_CLASS => observe::implementation_class(uid(item.as_slice()), notes),
            ItemType::IMPLEMENTATION_VERSION => observe::implementation_version(item.as_slice(), notes),
            ItemType::USER_IDENTITY => observe::user_identity(IdentityType(item.u8()?), notes),
            ItemType::MAXIMUM_LENGTH => {}
            _ => {}
        }
    }
    Ok(())
}

fn first_transfer_syntax(mut items: Reader<'_>) -> wire::Result<Option<&[u8]>> {
    while !items.is_empty() {
        let (kind, content) = read_item(&mut items)?;
        if kind == ItemType::TRANSFER_SYNTAX {
            return Ok(Some(uid(content.as_slice())));
        }
    }
    Ok(None)
}

fn note(anomaly: DicomAnomaly, notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
}
