// What the entries of the two sides say of each other.
#include <map>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/evidence/checks.h"

namespace tamga::evidence {
namespace {

// The other side's entry about the same message.
v1::EntryKind CounterpartOf(v1::EntryKind kind) {
  if (kind == v1::ENTRY_KIND_SENT) return v1::ENTRY_KIND_RECEIVED;
  if (kind == v1::ENTRY_KIND_DELIVERED) return v1::ENTRY_KIND_ANSWERED;
  if (kind == v1::ENTRY_KIND_RECEIVED) return v1::ENTRY_KIND_SENT;
  if (kind == v1::ENTRY_KIND_ANSWERED) return v1::ENTRY_KIND_DELIVERED;
  return v1::ENTRY_KIND_UNSPECIFIED;
}

const ProvenEntry* FindCounterpart(const std::vector<ProvenEntry>& entries, const ProvenEntry& entry) {
  for (const ProvenEntry& other : entries) {
    const bool is_other_side = other.agency == entry.entry.partner() && other.entry.partner() == entry.agency;
    // What was received before is in the log again, with the commitment of what came then.
    const bool is_repetition = other.entry.reason() == "REPEATED";
    if (is_other_side && !is_repetition && other.entry.kind() == CounterpartOf(entry.entry.kind())) return &other;
  }
  return nullptr;
}

// An answering node that does not know the treaty that was named does not repeat its name.
bool RelyOnTheSame(const v1::LogEntry& asking, const v1::LogEntry& answering) {
  if (LacksUnknownTreaty(answering)) return true;
  return asking.treaty_id() == answering.treaty_id() && asking.treaty_sha256() == answering.treaty_sha256();
}

// "" if the two say the same.
std::string DifferenceOf(const v1::LogEntry& asking, const v1::LogEntry& answering) {
  if (asking.request_commitment() != answering.request_commitment()) return "they commit to different requests";
  if (asking.reply_commitment() != answering.reply_commitment()) return "they commit to different replies";
  if (asking.seal_sha256() != answering.seal_sha256()) return "they record different seals";
  if (asking.operation() != answering.operation()) return "they say that different things were asked";
  if (asking.record_kind() != answering.record_kind()) return "they are about different kinds of record";
  if (asking.purpose() != answering.purpose()) return "they say that it was asked for different purposes";
  if (!RelyOnTheSame(asking, answering)) return "they rely on different treaty texts";
  return "";
}

void CheckReceipt(const ProvenEntry& delivered, const std::vector<ProvenEntry>& entries, Findings& findings) {
  const std::string what = absl::StrCat(NameOf(delivered), " names the receipt that its partner gave");
  for (const ProvenEntry& other : entries) {
    if (other.agency != delivered.entry.partner() || other.entry.kind() != v1::ENTRY_KIND_RECEIVED) continue;
    if (Sha256(other.bytes) != delivered.entry.receipt_sha256()) continue;
    findings.Shown(what, other.index == delivered.entry.receipt_index(), "the receipt stands at another index");
    return;
  }
  findings.NotVerifiable(what, "the bundle does not hold that entry of the partner; the reply may be erased");
}

// What a log says of an exchange but for the time: which is the same as often as it says it.
std::string SaidIn(v1::LogEntry entry) {
  entry.clear_logged_at();
  return entry.SerializeAsString();
}

// Each message is recorded once, in each log; one that came in again says so.
void CheckRecordedOnce(const std::vector<ProvenEntry>& entries, Findings& findings) {
  std::map<std::tuple<std::string, std::string, v1::EntryKind>, const ProvenEntry*> first;
  for (const ProvenEntry& entry : entries) {
    if (!RecordsMessage(entry.entry.kind()) || entry.entry.reason() == "REPEATED") continue;
    const auto [seen, is_new] =
        first.emplace(std::tuple(entry.agency, entry.entry.partner(), entry.entry.kind()), &entry);
    if (is_new || SaidIn(seen->second->entry) == SaidIn(entry.entry)) continue;
    findings.Contradicted(absl::StrCat(NameOf(entry), " says what ", NameOf(*seen->second), " says"),
                          "a log records a message of an exchange once, and these differ");
  }
}

}  // namespace

void CheckAgreement(const std::vector<ProvenEntry>& entries, Findings findings) {
  CheckRecordedOnce(entries, findings);
  for (const ProvenEntry& entry : entries) {
    if (CounterpartOf(entry.entry.kind()) == v1::ENTRY_KIND_UNSPECIFIED) continue;
    const ProvenEntry* other = FindCounterpart(entries, entry);
    if (other == nullptr) {
      findings.NotVerifiable(
          absl::StrCat(NameOf(entry), " agrees with its partner's"),
          absl::StrCat("the bundle holds no such entry of ", entry.entry.partner(), "; merge what its node gives"));
    } else if (entry.entry.kind() == v1::ENTRY_KIND_SENT || entry.entry.kind() == v1::ENTRY_KIND_DELIVERED) {
      const std::string difference = DifferenceOf(entry.entry, other->entry);
      findings.Shown(absl::StrCat(NameOf(entry), " agrees with ", NameOf(*other)), difference.empty(), difference);
    }
    if (entry.entry.kind() == v1::ENTRY_KIND_DELIVERED) CheckReceipt(entry, entries, findings);
  }
}

}  // namespace tamga::evidence
