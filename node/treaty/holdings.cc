#include "node/treaty/holdings.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/text_format.h"
#include "node/base/encoding.h"
#include "policy/act.h"

namespace tamga::treaty {
namespace {

// Room for the tag and length of a field.
constexpr size_t kFieldOverhead = 8;

class Packer {
 public:
  explicit Packer(size_t max_bytes) : max_bytes_(max_bytes) {}

  // False if it does not fit any more; then `more` is set, unless it never would.
  bool Takes(size_t bytes) {
    const size_t needed = bytes + kFieldOverhead;
    if (needed > max_bytes_) return false;
    if (used_ + needed > max_bytes_) {
      lack.more = true;
      return false;
    }
    used_ += needed;
    return true;
  }

  Lack lack;

 private:
  const size_t max_bytes_;
  size_t used_ = 0;
};

// An instrument that was read has 64 hexadecimal digits where it names a text.
void AddNamedText(const v1::Instrument& instrument, std::set<std::string>* named) {
  const v1::DocumentReference* text = NamedText(instrument);
  if (text != nullptr) named->insert(HexDecode(text->sha256()).value_or(""));
}

// SHA-256 of what the acts are about; of an act that cannot be read, nothing.
std::set<std::string> TextsNamedBy(const TreatySources& sources) {
  std::set<std::string> named;
  for (const auto& [unused, acts] : sources.acts) {
    for (const v1::SignedAct& act : acts) {
      v1::Instrument instrument;
      if (!google::protobuf::TextFormat::ParseFromString(act.instrument(), &instrument)) continue;
      AddNamedText(instrument, &named);
    }
  }
  return named;
}

template <typename Wanted>
void PackTexts(const TreatySources& sources, Wanted wanted, Packer* packer) {
  const auto pack = [&](const auto& documents, auto add) {
    for (const auto& document : documents) {
      if (!wanted(document.sha256)) continue;
      const std::string& text = sources.texts.at(document.sha256);
      if (packer->Takes(text.size())) add(text);
    }
  };
  v1::TreatyBundle& bundle = packer->lack.bundle;
  pack(sources.treaties, [&](const std::string& text) { bundle.add_treaties(text); });
  pack(sources.overlays, [&](const std::string& text) { bundle.add_overlays(text); });
}

void PackActs(const std::vector<v1::SignedAct>& acts, const v1::RegisterHead& head, Packer* packer) {
  if (head.number() > acts.size()) return;
  size_t begin = head.number();
  size_t end = acts.size();
  if (begin > 0 && policy::ActSha256(acts[begin - 1]) != head.sha256()) end = begin--;
  for (size_t i = begin; i < end; ++i) {
    if (!packer->Takes(acts[i].ByteSizeLong())) return;
    *packer->lack.bundle.add_acts() = acts[i];
  }
}

}  // namespace

v1::TreatyHoldings HoldingsOf(const TreatySources& sources, const Offices& offices) {
  v1::TreatyHoldings holdings;
  for (const auto& [state, unused] : offices) {
    v1::RegisterHead& head = *holdings.add_heads();
    head.set_state(state);
    const auto acts = sources.acts.find(state);
    if (acts == sources.acts.end() || acts->second.empty()) continue;
    head.set_number(acts->second.back().number());
    head.set_sha256(policy::ActSha256(acts->second.back()));
  }
  for (const auto& [sha256, unused] : sources.texts) holdings.add_text_sha256(sha256);
  return holdings;
}

std::string DigestOf(const v1::TreatyHoldings& holdings) {
  std::set<std::string> lines;
  for (const v1::RegisterHead& head : holdings.heads()) {
    if (head.number() > 0) lines.insert(absl::StrCat("head ", head.state(), " ", head.number(), " ", head.sha256()));
  }
  for (const std::string& sha256 : holdings.text_sha256()) lines.insert(absl::StrCat("text ", HexEncode(sha256)));
  return Sha256(absl::StrCat("tamga treaties v1\n", absl::StrJoin(lines, "\n"), "\n"));
}

Lack LackOf(const TreatySources& sources, const v1::TreatyHoldings& theirs, size_t max_bytes) {
  Packer packer(max_bytes);
  const std::set<std::string> known(theirs.text_sha256().begin(), theirs.text_sha256().end());
  const std::set<std::string> named = TextsNamedBy(sources);
  const auto lacks = [&](const std::string& sha256, bool is_named) {
    return known.count(sha256) == 0 && (named.count(sha256) > 0) == is_named;
  };
  PackTexts(
      sources, [&](const std::string& sha256) { return lacks(sha256, true); }, &packer);
  // Acts come when the texts that they may name are there.
  if (packer.lack.more) return std::move(packer.lack);
  std::map<std::string, const v1::RegisterHead*> heads;
  for (const v1::RegisterHead& head : theirs.heads()) heads.emplace(head.state(), &head);
  for (const auto& [state, head] : heads) {
    const auto acts = sources.acts.find(state);
    if (acts != sources.acts.end()) PackActs(acts->second, *head, &packer);
  }
  PackTexts(
      sources, [&](const std::string& sha256) { return lacks(sha256, false); }, &packer);
  return std::move(packer.lack);
}

void AddToHoldings(const v1::TreatyBundle& bundle, v1::TreatyHoldings* holdings) {
  for (const std::string& text : bundle.treaties()) holdings->add_text_sha256(Sha256(text));
  for (const std::string& text : bundle.overlays()) holdings->add_text_sha256(Sha256(text));
  for (const v1::SignedAct& act : bundle.acts()) {
    auto& heads = *holdings->mutable_heads();
    const auto own = std::find_if(heads.begin(), heads.end(),
                                  [&](const v1::RegisterHead& head) { return head.state() == act.state(); });
    v1::RegisterHead& head = own == heads.end() ? *heads.Add() : *own;
    head.set_state(act.state());
    head.set_number(act.number());
    head.set_sha256(policy::ActSha256(act));
  }
}

const v1::DocumentReference* NamedText(const v1::Instrument& instrument) {
  switch (instrument.act_case()) {
    case v1::Instrument::kSign:
      return &instrument.sign().document();
    case v1::Instrument::kRatify:
      return &instrument.ratify().document();
    case v1::Instrument::kAdopt:
      return &instrument.adopt().overlay();
    default:
      return nullptr;
  }
}

std::set<std::string> NamedTexts(const std::map<std::string, policy::Register>& registers) {
  std::set<std::string> named;
  for (const auto& [unused, acts] : registers) {
    for (const policy::VerifiedAct& act : acts.acts()) {
      AddNamedText(act.instrument, &named);
    }
  }
  return named;
}

}  // namespace tamga::treaty
