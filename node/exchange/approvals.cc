#include "node/exchange/approvals.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/exchange/refusal.h"
#include "node/store/page_token.h"
#include "node/store/transaction.h"

namespace tamga::exchange {
namespace {

constexpr char kRecordKind[] = "approval";
constexpr char kChanged[] = "APPROVALS_CHANGED";
constexpr size_t kHashBytes = 32;
// As many officers as a treaty may ask for can agree at the same moment, and the asker can repeat the call.
constexpr int kMaxAttemptsOnConflict = 10;

// A length before each part: no two requests have the same bytes.
std::string Encode(const v1::MessageHeader& header, const policy::Decision& decision, absl::string_view content) {
  const v1::Asker& asker = header.asker();
  std::string bytes;
  for (const std::string& part :
       {header.from(), header.to(), absl::StrCat(static_cast<int>(header.record_kind())),
        absl::StrCat(static_cast<int>(header.operation())), absl::StrCat(static_cast<int>(header.purpose())),
        decision.treaty_id, decision.treaty_sha256, asker.principal(), asker.officer(), asker.case_reference(),
        absl::StrCat(static_cast<int>(asker.emergency_ground())), std::string(content)}) {
    absl::StrAppend(&bytes, part.size(), ":", part);
  }
  return bytes;
}

absl::StatusOr<v1::PendingApproval> Parse(const store::Record& record) {
  v1::PendingApproval request;
  if (request.ParseFromString(record.body)) return request;
  return Error(absl::StatusCode::kDataLoss, "RECORD_DAMAGED",
               absl::StrCat("the stored approval ", record.id, " cannot be read; restore the backup"));
}

// The same change; if the record changed meanwhile, the error says so.
store::Effects TellingChanges(store::Effects effects) {
  for (store::Write& write : effects.writes) {
    write = [inner = std::move(write)](store::Transaction& transaction) {
      const absl::Status status = inner(transaction);
      if (!absl::IsAborted(status)) return status;
      return Error(absl::StatusCode::kAborted, kChanged,
                   "what officers agreed to changed, or was used, at the same moment; repeat the call");
    };
  }
  return effects;
}

// Whether a certificate of this agency is that of a person of this name, whatever the role.
bool IsOf(const std::string& spiffe_id, const certs::Principal& officer) {
  const absl::StatusOr<certs::Principal> principal = certs::ParseSpiffeId(spiffe_id);
  return principal.ok() && principal->agency == officer.agency && principal->name == officer.name;
}

// The asker is whoever holds the certificate, and whoever a system asks for: a person who has certificates of several
// roles, and can ask through a system, is one person.
absl::Status CheckSecondPerson(const v1::PendingApproval& request, const certs::Principal& officer) {
  const bool names_own_staff = request.asker_agency() == officer.agency;
  const std::string asked_for = names_own_staff ? absl::AsciiStrToLower(request.officer()) : "";
  if (IsOf(request.principal(), officer) || asked_for == officer.name) {
    return Error(absl::StatusCode::kPermissionDenied, "SECOND_PERSON_REQUIRED",
                 "you ask for this yourself; another officer must agree");
  }
  const auto& agreed = request.approved_by();
  if (std::find(agreed.begin(), agreed.end(), officer.SpiffeId()) == agreed.end()) return absl::OkStatus();
  return Error(absl::StatusCode::kAlreadyExists, "ALREADY_APPROVED",
               "you agreed to this request before; a further approval must be another officer's");
}

absl::Status ApprovalUnknown() {
  return Error(absl::StatusCode::kNotFound, "APPROVAL_UNKNOWN",
               "request_sha256: no such request waits; it may have lapsed, or have been repeated and gone out");
}

}  // namespace

bool NeedsApproval(const policy::Decision& decision) { return decision.reason == "APPROVAL_REQUIRED"; }

bool ApprovalsChanged(const absl::Status& status) { return ReasonOf(status) == kChanged; }

absl::Status ApprovalRequired(const policy::Decision& decision, const Approval& approval) {
  const absl::Status denial = DenialToCaller(decision);
  const std::string hash = HexEncode(approval.request.request_sha256());
  const std::string lapses_at = UtcText(FromProto(approval.request.lapses_at()));
  std::map<std::string, std::string> metadata = MetadataOf(denial);
  metadata["request_sha256"] = hash;
  metadata["approved"] = absl::StrCat(approval.given());
  metadata["needed"] = absl::StrCat(approval.request.needed());
  metadata["lapses_at"] = lapses_at;
  return Error(denial.code(), ReasonOf(denial),
               absl::StrCat(denial.message(), " ", approval.given(), " of ", approval.request.needed(),
                            " officers agreed to this request. Nothing was sent. Let an officer other than the asker "
                            "agree (tamga approval approve ",
                            hash, "), then repeat the call as it was, before ", lapses_at, "."),
               metadata);
}

Approvals::Approvals(const DoorParts& parts) : parts_(parts), records_(parts.database, parts.vault, parts.rng) {}

absl::StatusOr<Approval> Approvals::Find(const v1::MessageHeader& header, const policy::Decision& decision,
                                         absl::string_view content) const {
  const std::string hash = parts_.pseudonyms.OfApproval(Encode(header, decision, content));
  ASSIGN_OR_RETURN(Approval approval, Load(hash));
  v1::PendingApproval& request = approval.request;
  if (!approval.waits) {
    const absl::Time now = parts_.clock.Now();
    request.Clear();
    request.set_request_sha256(hash);
    request.set_asker_agency(header.from());
    request.set_answerer_agency(header.to());
    request.set_record_kind(header.record_kind());
    request.set_operation(header.operation());
    request.set_purpose(header.purpose());
    request.set_treaty_id(decision.treaty_id);
    for (const std::string& article : decision.articles) request.add_articles(article);
    request.set_principal(header.asker().principal());
    request.set_officer(header.asker().officer());
    request.set_case_reference(header.asker().case_reference());
    *request.mutable_asked_at() = ToProto(now);
    *request.mutable_lapses_at() = ToProto(now + kApprovalLife);
  }
  // An act of a State may have changed it since.
  const policy::ObligationSet::Item* eyes = decision.obligations.Find(v1::OBLIGATION_TYPE_FOUR_EYES);
  request.set_needed(eyes == nullptr ? 0 : eyes->amount);
  approval.may_be_told = decision.may_be_told;
  return approval;
}

// What stands under the hash.
absl::StatusOr<Approval> Approvals::Load(absl::string_view request_sha256) const {
  Approval approval;
  const absl::StatusOr<store::Record> record = records_.Get(kRecordKind, HexEncode(request_sha256));
  if (absl::IsNotFound(record.status())) return approval;
  RETURN_IF_ERROR(record.status());
  ASSIGN_OR_RETURN(approval.request, Parse(*record));
  approval.version = record->version;
  approval.waits = FromProto(approval.request.lapses_at()) > parts_.clock.Now();
  return approval;
}

store::Effects Approvals::Put(const Approval& approval) const {
  return TellingChanges(records_.Put(kRecordKind, HexEncode(approval.request.request_sha256()), approval.version,
                                     approval.request.SerializeAsString(), parts_.clock.Now()));
}

store::Effects Approvals::Keep(const Approval& approval) const {
  if (approval.waits) return {};
  const std::string& agency = approval.request.asker_agency();
  if (agency != parts_.own_agency && IsFull(agency)) {
    Log(Severity::kWarning, "approval not kept", {{"partner", agency}, {"reason", "too many of its requests wait"}});
    return {};
  }
  return Put(approval);
}

bool Approvals::IsFull(const std::string& agency) const {
  size_t waiting = 0;
  const absl::Status status = records_.ForEach(kRecordKind, [&](const store::Record& record) -> absl::Status {
    ASSIGN_OR_RETURN(const v1::PendingApproval request, Parse(record));
    waiting += request.asker_agency() == agency ? 1 : 0;
    return absl::OkStatus();
  });
  return !status.ok() || waiting >= kMostWaitingOfPartner;
}

store::Effects Approvals::UseUp(const Approval& approval) const {
  return TellingChanges(records_.Delete(kRecordKind, HexEncode(approval.request.request_sha256()), approval.version));
}

absl::StatusOr<ApprovalPage> Approvals::List(size_t page_size, absl::string_view page_token) const {
  ASSIGN_OR_RETURN(const std::optional<store::PageEnd> after, store::ReadPageToken(page_token));
  const absl::Time now = parts_.clock.Now();
  struct Waiting {
    absl::Time lapses_at;
    std::string id;
    v1::PendingApproval request;
  };
  const auto comes_first = [](const Waiting& a, const Waiting& b) {
    return std::tie(a.lapses_at, a.id) < std::tie(b.lapses_at, b.id);
  };
  // They are few: none is older than a day, and each stands for a person who waits.
  std::vector<Waiting> waiting;
  RETURN_IF_ERROR(records_.ForEach(kRecordKind, [&](const store::Record& record) -> absl::Status {
    ASSIGN_OR_RETURN(v1::PendingApproval request, Parse(record));
    const absl::Time lapses_at = FromProto(request.lapses_at());
    const bool is_listed_before = after && std::tie(lapses_at, record.id) <= std::tie(after->time, after->name);
    if (lapses_at > now && !is_listed_before) waiting.push_back({lapses_at, record.id, std::move(request)});
    return absl::OkStatus();
  }));
  std::sort(waiting.begin(), waiting.end(), comes_first);
  ApprovalPage page;
  if (waiting.size() > page_size) {
    waiting.resize(page_size);
    page.next_page_token = store::MakePageToken({waiting.back().lapses_at, waiting.back().id});
  }
  for (Waiting& one : waiting) page.approvals.push_back(std::move(one.request));
  return page;
}

absl::StatusOr<v1::ApproveRequestResponse> Approvals::Approve(const certs::Principal& officer,
                                                              const std::string& request_sha256) const {
  if (request_sha256.size() != kHashBytes)
    return InvalidField("request_sha256", "must have 32 bytes (64 hexadecimal digits)");
  absl::StatusOr<ledger::Appended> appended = absl::AbortedError("not tried");
  v1::ApproveRequestResponse response;
  for (int attempt = 0; attempt < kMaxAttemptsOnConflict && absl::IsAborted(appended.status()); ++attempt) {
    ASSIGN_OR_RETURN(Approval approval, Load(request_sha256));
    if (!approval.waits) return ApprovalUnknown();
    RETURN_IF_ERROR(CheckSecondPerson(approval.request, officer));
    approval.request.add_approved_by(officer.SpiffeId());
    ledger::Submission submission;
    submission.entry = EntryOf(approval.request, officer).SerializeAsString();
    submission.effects = Put(approval);
    appended = parts_.sequencer.Append(std::move(submission));
    *response.mutable_approval() = std::move(approval.request);
  }
  RETURN_IF_ERROR(appended.status());
  response.mutable_own_log()->set_origin(parts_.log_origin);
  response.mutable_own_log()->set_index(appended->index);
  return response;
}

v1::LogEntry Approvals::EntryOf(const v1::PendingApproval& request, const certs::Principal& officer) const {
  const absl::Time now = parts_.clock.Now();
  v1::MessageHeader header;
  header.set_exchange_id(NewUuidV7(now, parts_.rng));
  header.mutable_treaty()->set_id(request.treaty_id());
  header.set_purpose(request.purpose());
  header.set_operation(request.operation());
  header.set_record_kind(request.record_kind());
  header.mutable_asker()->set_principal(officer.SpiffeId());
  header.mutable_asker()->set_case_reference(request.case_reference());
  const bool is_asker = request.asker_agency() == parts_.own_agency;
  v1::LogEntry entry =
      StartEntry(v1::ENTRY_KIND_APPROVED, header, parts_.own_agency,
                 is_asker ? request.answerer_agency() : request.asker_agency(), parts_.pseudonyms, now);
  entry.set_outcome(v1::ENTRY_OUTCOME_PERMITTED);
  *entry.mutable_articles() = request.articles();
  entry.set_approval_sha256(request.request_sha256());
  return entry;
}

absl::Status Approvals::RemoveLapsed() const {
  const absl::Time now = parts_.clock.Now();
  std::vector<store::Effects> removals;
  RETURN_IF_ERROR(records_.ForEach(kRecordKind, [&](const store::Record& record) -> absl::Status {
    ASSIGN_OR_RETURN(const v1::PendingApproval request, Parse(record));
    if (FromProto(request.lapses_at()) <= now) {
      removals.push_back(TellingChanges(records_.Delete(kRecordKind, record.id, record.version)));
    }
    return absl::OkStatus();
  }));
  for (store::Effects& removal : removals) {
    const absl::Status status = parts_.sequencer.Commit(std::move(removal));
    if (!status.ok() && !ApprovalsChanged(status)) return status;  // changed: it was asked for again
  }
  return absl::OkStatus();
}

}  // namespace tamga::exchange
