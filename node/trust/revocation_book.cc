#include "node/trust/revocation_book.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/refusal.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::trust {
namespace {

constexpr char kRecordKind[] = "revocations";

// "KAZ/" and the issuer's key.
std::string IdOf(const RevocationList& list) {
  return absl::StrCat(list.state, "/", HexEncode(list.chain.front().SpkiSha256()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<RevocationBook>> RevocationBook::Open(BookParts parts) {
  std::unique_ptr<RevocationBook> book(new RevocationBook(std::move(parts)));
  RETURN_IF_ERROR(book->Load());
  return book;
}

// Who issued them was looked at when they came; the record is authenticated, and a list whose issuer is no longer
// believed speaks of certificates that nobody believes either.
absl::Status RevocationBook::Load() {
  auto held = std::make_shared<Held>();
  RETURN_IF_ERROR(parts_.records.ForEach(kRecordKind, [&](const store::Record& record) -> absl::Status {
    v1::RevocationList message;
    const absl::StatusOr<RevocationList> list =
        message.ParseFromString(record.body) ? ParseRevocationList(message) : absl::InternalError("no message");
    const absl::Status added =
        list.ok() ? held->revocations.Add(list->state, list->list, list->chain.front()) : list.status();
    if (!added.ok()) {
      return Error(absl::StatusCode::kDataLoss, "RECORD_DAMAGED",
                   absl::StrCat("the revocation list ", record.id, " cannot be read (", added.message(),
                                "); restore the newest backup"));
    }
    held->lists.insert_or_assign(record.id, HeldList{*list, Sha256(list->list.Der()), record.version});
    return absl::OkStatus();
  }));
  SetHeld(std::move(held));
  return absl::OkStatus();
}

absl::StatusOr<bool> RevocationBook::Take(const RevocationList& list, const std::string& brought_by) {
  const std::string id = IdOf(list);
  MutexLock lock(taking_);
  const std::shared_ptr<const Held> held = GetHeld();
  const auto before = held->lists.find(id);
  if (before != held->lists.end() && before->second.list.list.Der() == list.list.Der()) return false;
  RETURN_IF_ERROR(VerifyRevocationList(list, parts_.trust.Get()->RootsOf(list.state), parts_.clock.Now(), parts_.skew));
  auto next = std::make_shared<Held>(*held);
  RETURN_IF_ERROR(next->revocations.Add(list.state, list.list, list.chain.front()));
  const auto is_of_state = [&](const auto& known) { return known.second.list.state == list.state; };
  if (before == held->lists.end() &&
      static_cast<size_t>(std::count_if(held->lists.begin(), held->lists.end(), is_of_state)) >= kMostIssuers) {
    return Error(absl::StatusCode::kResourceExhausted, "TOO_MANY_ISSUERS",
                 absl::StrCat(list.state, " has lists of ", kMostIssuers, " issuers already"));
  }
  HeldList taken{list, Sha256(list.list.Der()), before == held->lists.end() ? 0 : before->second.version};
  RETURN_IF_ERROR(Keep(id, taken, brought_by));
  ++taken.version;
  next->lists.insert_or_assign(id, std::move(taken));
  SetHeld(std::move(next));
  Log(Severity::kInfo, "revocation list taken",
      {{"state", list.state},
       {"brought_by", brought_by},
       {"this_update", absl::FormatTime(list.list.ThisUpdate(), absl::UTCTimeZone())},
       {"revoked", static_cast<int64_t>(list.list.size())}});
  return true;
}

absl::Status RevocationBook::Keep(const std::string& id, const HeldList& held, const std::string& brought_by) {
  const absl::Time now = parts_.clock.Now();
  v1::LogEntry entry;
  entry.set_version(1);
  entry.set_kind(v1::ENTRY_KIND_REVOCATIONS_TAKEN);
  entry.set_exchange_id(NewUuidV7(now, parts_.rng));
  entry.set_own(parts_.own_agency);
  entry.set_partner(brought_by);
  *entry.mutable_logged_at() = tamga::ToProto(now);
  entry.set_revocation_sha256(held.sha256);
  ledger::Submission submission;
  submission.entry = entry.SerializeAsString();
  submission.effects =
      parts_.records.Put(kRecordKind, id, held.version, trust::ToProto(held.list).SerializeAsString(), now);
  return parts_.sequencer.Append(std::move(submission)).status();
}

std::shared_ptr<const certs::Revocations> RevocationBook::Revocations() const {
  std::shared_ptr<const Held> held = GetHeld();
  const certs::Revocations* revocations = &held->revocations;
  return {std::move(held), revocations};
}

std::vector<HeldList> RevocationBook::Lists() const {
  std::vector<HeldList> lists;
  const std::shared_ptr<const Held> held = GetHeld();
  for (const auto& [unused, list] : held->lists) lists.push_back(list);
  return lists;
}

std::vector<std::string> RevocationBook::NewestOf(const std::string& state) const {
  std::vector<std::string> ders;
  const std::shared_ptr<const Held> held = GetHeld();
  for (const auto& [unused, list] : held->lists) {
    if (list.list.state == state) ders.push_back(list.list.list.Der());
  }
  return ders;
}

std::string RevocationBook::NewestSha256(const std::string& state) const {
  const std::shared_ptr<const Held> held = GetHeld();
  const HeldList* newest = nullptr;
  for (const auto& [unused, list] : held->lists) {
    if (list.list.state != state) continue;
    if (newest == nullptr || newest->list.list.ThisUpdate() < list.list.list.ThisUpdate()) newest = &list;
  }
  return newest == nullptr ? "" : newest->sha256;
}

ListLack RevocationBook::LackOf(const std::set<std::string>& held_sha256) const {
  ListLack lack;
  size_t bytes = 0;
  const std::shared_ptr<const Held> held = GetHeld();
  for (const auto& [unused, list] : held->lists) {
    if (held_sha256.count(list.sha256) > 0) continue;
    bytes += list.list.list.Der().size();
    for (const certs::Certificate& certificate : list.list.chain) bytes += certificate.Der().size();
    if (!lack.lists.empty() && (bytes > parts_.most_message_bytes || lack.lists.size() >= kMostIssuers)) {
      lack.more = true;
      return lack;
    }
    lack.lists.push_back(list);
  }
  return lack;
}

std::shared_ptr<const RevocationBook::Held> RevocationBook::GetHeld() const {
  MutexLock lock(mutex_);
  return held_;
}

void RevocationBook::SetHeld(std::shared_ptr<const Held> held) {
  MutexLock lock(mutex_);
  held_.swap(held);
}

}  // namespace tamga::trust
