#include "node/evidence/bundle.h"

#include <algorithm>
#include <memory>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
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

v1::ExchangeEvidence& ExchangeOf(const std::string& exchange_id, v1::EvidenceBundle& bundle) {
  for (v1::ExchangeEvidence& exchange : *bundle.mutable_exchanges()) {
    if (exchange.exchange_id() == exchange_id) return exchange;
  }
  v1::ExchangeEvidence& exchange = *bundle.add_exchanges();
  exchange.set_exchange_id(exchange_id);
  return exchange;
}

}  // namespace

absl::StatusOr<v1::EvidenceBundle> ReadBundle(absl::string_view bytes) {
  if (bytes.size() > kMostBundleBytes) return Invalid(absl::StrCat("has more than ", kMostBundleBytes, " bytes"));
  const absl::StatusOr<std::unique_ptr<google::protobuf::Message>> parsed =
      exchange::ParseStrictly(v1::EvidenceBundle::default_instance(), std::string(bytes));
  if (!parsed.ok()) return Invalid("cannot be read, or holds what this version does not know");
  const auto& bundle = static_cast<const v1::EvidenceBundle&>(**parsed);
  if (bundle.version() != 1) return Invalid(absl::StrCat("is of version ", bundle.version(), ", this program reads 1"));
  return bundle;
}

v1::EvidenceBundle Merge(v1::EvidenceBundle bundle, const v1::EvidenceBundle& other) {
  AddNew(other.logs(), bundle.mutable_logs());
  for (const v1::ExchangeEvidence& more : other.exchanges()) {
    v1::ExchangeEvidence& exchange = ExchangeOf(more.exchange_id(), bundle);
    AddNew(more.entries(), exchange.mutable_entries());
    AddNew(more.messages(), exchange.mutable_messages());
    AddNew(more.decisions(), exchange.mutable_decisions());
  }
  MergeTreaties(other.treaties(), bundle.mutable_treaties());
  AddNew(other.offices(), bundle.mutable_offices());
  return bundle;
}

}  // namespace tamga::evidence
