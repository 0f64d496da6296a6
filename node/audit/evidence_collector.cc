#include "node/audit/evidence_collector.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/exchange/message_store.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/note.h"

namespace tamga::audit {
namespace {

absl::Status TooLarge(absl::string_view what) {
  return Error(absl::StatusCode::kResourceExhausted, "EVIDENCE_TOO_LARGE",
               absl::StrCat(what, "; ask for its exchanges one by one, and merge what you get"));
}

bool RecordsMessage(int kind) {
  return kind == v1::ENTRY_KIND_SENT || kind == v1::ENTRY_KIND_RECEIVED || kind == v1::ENTRY_KIND_ANSWERED ||
         kind == v1::ENTRY_KIND_DELIVERED;
}

// Of a message that came in before.
bool IsRepetition(const store::EntryRow& row) {
  v1::LogEntry entry;
  return row.kind == v1::ENTRY_KIND_RECEIVED && entry.ParseFromString(row.body) && entry.reason() == "REPEATED";
}

// The same checkpoint as each proof has it: the cosignatures stand in the bundle once.
absl::StatusOr<std::string> WithoutCosignatures(const std::string& checkpoint, const ledger::NoteKey& log) {
  ASSIGN_OR_RETURN(ledger::Note note, ledger::ParseNote(checkpoint));
  const std::string id = log.Id();
  std::erase_if(note.signatures, [&](const ledger::NoteSignature& signature) {
    return signature.name != log.name || signature.key_id != id;
  });
  return ledger::FormatNote(note);
}

// With a reply comes the other side's proof that it logged the request.
void AddReceipt(const v1::SealedMessage& reply, const std::string& partner, v1::ExchangeEvidence* evidence) {
  v1::Payload payload;
  v1::ExchangeReply body;
  if (!payload.ParseFromString(reply.payload()) || !body.ParseFromString(payload.body()) || !body.has_receipt()) return;
  v1::EntryEvidence& receipt = *evidence->add_entries();
  receipt.set_agency(partner);
  receipt.set_entry(body.receipt().entry());
  receipt.set_proof(body.receipt().proof());
  receipt.set_is_receipt(true);
}

void AddMessage(const v1::SealedMessage& message, v1::ExchangeEvidence* evidence) {
  if (message.header().empty()) return;
  *evidence->add_messages() = exchange::WithoutPayload(message);
}

}  // namespace

absl::StatusOr<v1::GetEvidenceResponse> EvidenceCollector::Get(const certs::Principal& caller,
                                                               const v1::GetEvidenceRequest& request,
                                                               const std::function<bool()>& stop) const {
  ASSIGN_OR_RETURN(const SignedCheckpoint newest, NewestCheckpoint(parts_.log));
  ASSIGN_OR_RETURN(const std::set<std::string> exchanges, ExchangesOf(caller, request, newest, stop));
  v1::GetEvidenceResponse response;
  v1::EvidenceBundle& bundle = *response.mutable_bundle();
  bundle.set_version(1);
  *bundle.mutable_made_at() = ToProto(parts_.clock.Now());
  const Visibility visibility = VisibilityFor(parts_.log, caller);
  std::vector<Logged> logged;
  for (const std::string& exchange_id : exchanges) {
    ASSIGN_OR_RETURN(Logged of_one, ReadEntries(exchange_id, visibility, newest.size));
    if (!of_one.rows.empty()) logged.push_back(std::move(of_one));
  }
  if (logged.empty()) {
    return Error(absl::StatusCode::kNotFound, "EXCHANGE_UNKNOWN",
                 "there is no such exchange that you may see; list the entries to find one");
  }
  ASSIGN_OR_RETURN(const SignedCheckpoint checkpoint, ChooseCheckpoint(logged, newest));
  v1::LogEvidence& log = *bundle.add_logs();
  log.set_agency(parts_.log.own_agency);
  log.set_vkey(ledger::FormatVkey(parts_.log.key));
  log.set_checkpoint(checkpoint.note);
  RETURN_IF_ERROR(AddTimestamps(logged, checkpoint, &log));
  ASSIGN_OR_RETURN(const std::string bare, WithoutCosignatures(checkpoint.note, parts_.log.key));
  for (const Logged& of_one : logged) {
    if (stop && stop()) return absl::CancelledError("the caller is gone, or its time is up");
    ASSIGN_OR_RETURN(*bundle.add_exchanges(), EvidenceOf(of_one, visibility.sees_all(), bare));
  }
  *bundle.mutable_treaties() = parts_.treaties();
  bundle.mutable_offices()->Add(parts_.offices.begin(), parts_.offices.end());
  if (bundle.ByteSizeLong() > kMostEvidenceBytes) return TooLarge("the evidence does not fit into one answer");
  AddRevocations(logged, &bundle);
  return response;
}

// What does not fit is left out: the check says that it lacks it, and the State gives it to anybody who asks.
void EvidenceCollector::AddRevocations(const std::vector<Logged>& logged, v1::EvidenceBundle* bundle) const {
  constexpr size_t kMostOtherBytes = 64;
  std::set<std::string> states = {StateOf(parts_.log.own_agency)};
  for (const Logged& of_one : logged) {
    for (const store::EntryRow& row : of_one.rows) {
      if (RecordsMessage(row.kind)) states.insert(StateOf(row.partner));
    }
  }
  size_t bytes = bundle->ByteSizeLong();
  for (const std::string& state : states) {
    for (const std::string& list : parts_.revocations(state)) {
      if (bytes + list.size() + kMostOtherBytes > kMostEvidenceBytes) continue;
      bytes += list.size() + kMostOtherBytes;
      v1::RevocationEvidence& evidence = *bundle->add_revocations();
      evidence.set_state(state);
      evidence.set_crl(list);
    }
  }
}

absl::StatusOr<std::set<std::string>> EvidenceCollector::ExchangesOf(const certs::Principal& caller,
                                                                     const v1::GetEvidenceRequest& request,
                                                                     const SignedCheckpoint& newest,
                                                                     const std::function<bool()>& stop) const {
  if (request.exchange_id().empty() == request.case_reference().empty()) {
    return InvalidField("exchange_id", "name an exchange, or a case_reference, and not both");
  }
  v1::ListEntriesRequest list;
  list.set_exchange_id(request.exchange_id());
  list.set_case_reference(request.case_reference());
  ASSIGN_OR_RETURN(store::EntryFilter filter, VisibleFilter(parts_.log, caller, list));
  if (!filter.exchange_id.empty()) return std::set<std::string>{filter.exchange_id};
  filter.below = newest.size;
  std::set<std::string> exchanges;
  std::string page_token;
  do {
    ASSIGN_OR_RETURN(store::ReadSession session, parts_.log.database.Read());
    session.StopWhen(stop);
    ASSIGN_OR_RETURN(const store::EntryPage page, session->ListEntries(filter, 500, page_token));
    for (const store::EntryRow& row : page.entries) exchanges.insert(row.exchange_id);
    if (exchanges.size() > kMostExchanges) {
      return TooLarge(absl::StrCat("the case has more than ", kMostExchanges, " exchanges"));
    }
    page_token = page.next_page_token;
  } while (!page_token.empty());
  return exchanges;
}

absl::StatusOr<EvidenceCollector::Logged> EvidenceCollector::ReadEntries(const std::string& exchange_id,
                                                                         const Visibility& visibility,
                                                                         uint64_t size) const {
  ASSIGN_OR_RETURN(store::ReadSession session, parts_.log.database.Read());
  ASSIGN_OR_RETURN(const std::vector<store::EntryRow> rows, session->EntriesOfExchange(exchange_id));
  Logged logged;
  logged.exchange_id = exchange_id;
  // By outcome: the first that was permitted is the one that the message was kept and decided for.
  std::map<int, int> repetitions;
  for (const store::EntryRow& row : rows) {
    if (row.index >= size || !visibility.Covers(row)) continue;
    if (IsRepetition(row) && ++repetitions[row.outcome] > kMostRepetitions) continue;
    logged.rows.push_back(row);
  }
  return logged;
}

absl::StatusOr<SignedCheckpoint> EvidenceCollector::ChooseCheckpoint(const std::vector<Logged>& logged,
                                                                     const SignedCheckpoint& newest) const {
  SignedCheckpoint witnessed{parts_.witnessed_checkpoint()};
  if (witnessed.note.empty()) return newest;
  ASSIGN_OR_RETURN(const ledger::Checkpoint opened,
                   ledger::OpenCheckpoint(witnessed.note, parts_.log.key, certs::VerifyEd25519));
  witnessed.size = opened.size;
  uint64_t needed = 0;
  for (const Logged& of_one : logged) needed = std::max(needed, of_one.rows.back().index + 1);
  return witnessed.size >= needed && witnessed.size <= newest.size ? witnessed : newest;
}

absl::Status EvidenceCollector::AddTimestamps(const std::vector<Logged>& logged, const SignedCheckpoint& checkpoint,
                                              v1::LogEvidence* log) const {
  ASSIGN_OR_RETURN(const ledger::Checkpoint proven, ledger::CheckpointIn(checkpoint.note));
  std::set<uint64_t> added;  // their sizes
  for (const Logged& of_one : logged) {
    absl::StatusOr<v1::TimeStampEvidence> timestamp = parts_.timestamp_over(of_one.rows.back().index + 1);
    if (absl::IsNotFound(timestamp.status())) continue;
    RETURN_IF_ERROR(timestamp.status());
    ASSIGN_OR_RETURN(const ledger::Checkpoint stamped, ledger::CheckpointIn(timestamp->checkpoint()));
    if (!added.insert(stamped.size).second) continue;
    if (stamped.size != proven.size) {
      const bool is_older = stamped.size < proven.size;
      ASSIGN_OR_RETURN(
          const std::vector<ledger::Hash> proof,
          parts_.log.reader.ProveGrowth(is_older ? stamped.size : proven.size, is_older ? proven : stamped));
      for (const ledger::Hash& hash : proof) timestamp->add_hashes(std::string(hash.bytes()));
    }
    *log->add_timestamps() = *std::move(timestamp);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ExchangeEvidence> EvidenceCollector::EvidenceOf(const Logged& logged, bool with_decisions,
                                                                   const std::string& checkpoint) const {
  v1::ExchangeEvidence evidence;
  evidence.set_exchange_id(logged.exchange_id);
  std::set<std::pair<int, std::string>> added;
  for (const store::EntryRow& row : logged.rows) {
    v1::EntryEvidence& entry = *evidence.add_entries();
    entry.set_agency(parts_.log.own_agency);
    entry.set_entry(row.body);
    ASSIGN_OR_RETURN(*entry.mutable_proof(), parts_.log.reader.ProveInclusion(row.index, checkpoint));
    // A repetition has no message of its own.
    if (!IsRepetition(row) && added.emplace(row.kind, row.partner).second) {
      RETURN_IF_ERROR(AddKept(row, with_decisions, &evidence));
    }
  }
  return evidence;
}

// What was erased, or cannot be read, is not there; the check says what it would have shown.
absl::Status EvidenceCollector::AddKept(const store::EntryRow& row, bool with_decisions,
                                        v1::ExchangeEvidence* evidence) const {
  if (!RecordsMessage(row.kind) && row.kind != v1::ENTRY_KIND_WITHHELD) return absl::OkStatus();
  const exchange::MessageKey key{row.partner, row.exchange_id, static_cast<v1::EntryKind>(row.kind)};
  const absl::StatusOr<exchange::KeptRow> kept = exchange::FindAndRead(parts_.log.database, parts_.vault, key);
  if (absl::IsNotFound(kept.status()) || absl::IsDataLoss(kept.status())) return absl::OkStatus();
  RETURN_IF_ERROR(kept.status());
  AddMessage(kept->kept.message(), evidence);
  if (row.kind == v1::ENTRY_KIND_DELIVERED) AddReceipt(kept->kept.message(), row.partner, evidence);
  if (with_decisions) evidence->mutable_decisions()->MergeFrom(kept->kept.decisions());
  return absl::OkStatus();
}

}  // namespace tamga::audit
