#include "node/evidence/bundle.h"

#include <algorithm>
#include <memory>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/exchange/operations.h"

namespace tamga::evidence {
namespace {

absl::Status Invalid(absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "BUNDLE_INVALID", absl::StrCat("the evidence bundle ", what));
}

// Adds those of `more` that are not there.
template <typename Message>
void AddNew(const google::protobuf::RepeatedPtrField<Message>& more, google::protobuf::RepeatedPtrField<Message>* all) {
  std::set<std::string> known;
  for (const Message& one : *all) known.insert(one.SerializeAsString());
  for (const Message& one : more) {
    if (known.insert(one.SerializeAsString()).second) *all->Add() = one;
  }
}

void AddNewTexts(const google::protobuf::RepeatedPtrField<std::string>& more,
                 google::protobuf::RepeatedPtrField<std::string>* all) {
  std::set<std::string> known(all->begin(), all->end());
  for (const std::string& text : more) {
    if (known.insert(text).second) *all->Add() = text;
  }
}

void MergeTreaties(const v1::TreatyBundle& more, v1::TreatyBundle* all) {
  AddNewTexts(more.treaties(), all->mutable_treaties());
  AddNewTexts(more.overlays(), all->mutable_overlays());
  AddNew(more.acts(), all->mutable_acts());
  std::stable_sort(all->mutable_acts()->begin(), all->mutable_acts()->end(),
                   [](const v1::SignedAct& a, const v1::SignedAct& b) {
                     return std::tuple(a.state(), a.number()) < std::tuple(b.state(), b.number());
                   });
}

// The same checkpoint as often as its node gave it, each time with other proofs of growth, is one.
void MergeLogs(const google::protobuf::RepeatedPtrField<v1::LogEvidence>& more, v1::EvidenceBundle* bundle) {
  for (const v1::LogEvidence& log : more) {
    const auto known =
        std::find_if(bundle->mutable_logs()->begin(), bundle->mutable_logs()->end(), [&](const v1::LogEvidence& one) {
          return std::tie(one.agency(), one.vkey(), one.checkpoint()) ==
                 std::tie(log.agency(), log.vkey(), log.checkpoint());
        });
    v1::LogEvidence& into = known == bundle->mutable_logs()->end() ? *bundle->add_logs() : *known;
    into.set_agency(log.agency());
    into.set_vkey(log.vkey());
    into.set_checkpoint(log.checkpoint());
    AddNew(log.growth(), into.mutable_growth());
    AddNew(log.timestamps(), into.mutable_timestamps());
  }
}

v1::ExchangeEvidence& ExchangeOf(const std::string& exchange_id, v1::EvidenceBundle& bundle) {
  for (v1::ExchangeEvidence& exchange : *bundle.mutable_exchanges()) {
    if (exchange.exchange_id() == exchange_id) return exchange;
  }
  v1::ExchangeEvidence& exchange = *bundle.add_exchanges();
  exchange.set_exchange_id(exchange_id);
  return exchange;
}

absl::Status CheckBound(absl::string_view what, int count, int most) {
  if (count <= most) return absl::OkStatus();
  return Invalid(
      absl::StrCat("has ", count, " ", what, ", and may have ", most, "; check its exchanges in several bundles"));
}

absl::Status CheckBounds(const v1::EvidenceBundle& bundle) {
  RETURN_IF_ERROR(CheckBound("logs", bundle.logs_size(), kMostLogs));
  RETURN_IF_ERROR(CheckBound("exchanges", bundle.exchanges_size(), kMostExchanges));
  RETURN_IF_ERROR(CheckBound("contradictions", bundle.contradictions_size(), kMostContradictions));
  RETURN_IF_ERROR(CheckBound("revocation lists", bundle.revocations_size(), kMostRevocations));
  for (const v1::LogEvidence& log : bundle.logs()) {
    RETURN_IF_ERROR(CheckBound("proofs of growth of one log", log.growth_size(), kMostGrowthOfLog));
    RETURN_IF_ERROR(CheckBound("time-stamps of one log", log.timestamps_size(), kMostTimestampsOfLog));
  }
  int entries = 0;
  for (const v1::ExchangeEvidence& exchange : bundle.exchanges()) {
    RETURN_IF_ERROR(CheckBound("entries of one exchange", exchange.entries_size(), kMostEntriesOfExchange));
    RETURN_IF_ERROR(CheckBound("messages of one exchange", exchange.messages_size(), kMostMessagesOfExchange));
    RETURN_IF_ERROR(CheckBound("decisions of one exchange", exchange.decisions_size(), kMostDecisionsOfExchange));
    entries += exchange.entries_size();
  }
  return CheckBound("entries", entries, kMostEntries);
}

// Each thing once.
v1::EvidenceBundle WithoutRepetitions(const v1::EvidenceBundle& bundle) {
  v1::EvidenceBundle once;
  once.set_version(bundle.version());
  if (bundle.has_made_at()) *once.mutable_made_at() = bundle.made_at();
  return Merge(std::move(once), bundle);
}

}  // namespace

absl::StatusOr<v1::EvidenceBundle> ReadBundle(absl::string_view bytes) {
  if (bytes.size() > kMostBundleBytes) return Invalid(absl::StrCat("has more than ", kMostBundleBytes, " bytes"));
  const absl::StatusOr<std::unique_ptr<google::protobuf::Message>> parsed =
      exchange::ParseStrictly(v1::EvidenceBundle::default_instance(), std::string(bytes));
  if (!parsed.ok()) return Invalid("cannot be read, or holds what this version does not know");
  const auto& bundle = static_cast<const v1::EvidenceBundle&>(**parsed);
  if (bundle.version() != 1) return Invalid(absl::StrCat("is of version ", bundle.version(), ", this program reads 1"));
  RETURN_IF_ERROR(CheckBound("exchanges", bundle.exchanges_size(), kMostExchanges));
  RETURN_IF_ERROR(CheckBound("logs", bundle.logs_size(), kMostLogs));
  v1::EvidenceBundle once = WithoutRepetitions(bundle);
  RETURN_IF_ERROR(CheckBounds(once));
  return once;
}

v1::EvidenceBundle Merge(v1::EvidenceBundle bundle, const v1::EvidenceBundle& other) {
  MergeLogs(other.logs(), &bundle);
  for (const v1::ExchangeEvidence& more : other.exchanges()) {
    v1::ExchangeEvidence& exchange = ExchangeOf(more.exchange_id(), bundle);
    AddNew(more.entries(), exchange.mutable_entries());
    AddNew(more.messages(), exchange.mutable_messages());
    AddNew(more.decisions(), exchange.mutable_decisions());
  }
  MergeTreaties(other.treaties(), bundle.mutable_treaties());
  AddNew(other.offices(), bundle.mutable_offices());
  AddNew(other.contradictions(), bundle.mutable_contradictions());
  AddNew(other.revocations(), bundle.mutable_revocations());
  return bundle;
}

}  // namespace tamga::evidence
