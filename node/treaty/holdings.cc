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

// Fills a bundle with what another lacks.
class Packer {
 public:
  Packer(const TreatySources& sources, const v1::TreatyHoldings& theirs, size_t max_bytes)
      : sources_(sources), max_bytes_(max_bytes), known_(theirs.text_sha256().begin(), theirs.text_sha256().end()) {
    for (const policy::TreatyDocument& document : sources_.treaties) treaties_.insert(document.sha256);
  }

  // Has the State's acts packed from the register's head on.
  void Add(const std::vector<v1::SignedAct>& acts, const v1::RegisterHead& head) {
    if (head.number() > acts.size()) return;
    size_t begin = head.number();
    size_t end = acts.size();
    if (begin > 0 && policy::ActSha256(acts[begin - 1]) != head.sha256()) end = begin--;
    lacking_.push_back({&acts, begin, end});
  }

  // Each act together with the text that it names; one of each State in turn, since those of one State may be too many,
  // or be refused. A State's stop where one does not fit.
  void PackActs() {
    for (bool goes_on = true; goes_on;) {
      goes_on = false;
      for (Lacking& lacking : lacking_) {
        if (lacking.next == lacking.end) continue;
        const v1::SignedAct& act = (*lacking.acts)[lacking.next];
        if (Takes(act.ByteSizeLong(), LackingTextOf(act))) {
          *lack_.bundle.add_acts() = act;
          ++lacking.next;
          goes_on = true;
        } else {
          lacking.end = lacking.next;
        }
      }
    }
  }

  // What no act brought along.
  void PackTexts() {
    const auto pack = [this](const auto& documents) {
      for (const auto& document : documents) {
        if (known_.count(document.sha256) == 0) Takes(0, document.sha256);
      }
    };
    pack(sources_.treaties);
    pack(sources_.overlays);
  }

  Lack Take() { return std::move(lack_); }

 private:
  // Acts of one State, from `next` to without `end`.
  struct Lacking {
    const std::vector<v1::SignedAct>* acts;
    size_t next;
    size_t end;
  };

  // The text that the act is about, if it is here and not there; otherwise "".
  std::string LackingTextOf(const v1::SignedAct& act) const {
    v1::Instrument instrument;
    if (!google::protobuf::TextFormat::ParseFromString(act.instrument(), &instrument)) return "";
    const v1::DocumentReference* text = NamedText(instrument);
    if (text == nullptr) return "";
    std::string sha256 = HexDecode(text->sha256()).value_or("");
    return known_.count(sha256) == 0 && sources_.texts.count(sha256) > 0 ? sha256 : "";
  }

  // Takes the text, if one is given, and so many bytes with it. False if they do not fit; then `more` is set, unless
  // they never would.
  bool Takes(size_t bytes, const std::string& sha256) {
    size_t needed = bytes + kFieldOverhead;
    if (!sha256.empty()) needed += sources_.texts.at(sha256).size() + kFieldOverhead;
    if (needed > max_bytes_) return false;
    if (used_ + needed > max_bytes_ || (!sha256.empty() && texts_ == kMostBundleTexts)) {
      lack_.more = true;
      return false;
    }
    used_ += needed;
    if (!sha256.empty()) Add(sha256);
    return true;
  }

  void Add(const std::string& sha256) {
    const std::string& text = sources_.texts.at(sha256);
    if (treaties_.count(sha256) > 0) {
      lack_.bundle.add_treaties(text);
    } else {
      lack_.bundle.add_overlays(text);
    }
    known_.insert(sha256);
    ++texts_;
  }

  const TreatySources& sources_;
  const size_t max_bytes_;
  std::set<std::string> known_;     // SHA-256 of the texts that they have or get
  std::set<std::string> treaties_;  // SHA-256 of the texts that are treaties, and no overlays
  std::vector<Lacking> lacking_;
  Lack lack_;
  size_t used_ = 0;
  size_t texts_ = 0;
};

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
  Packer packer(sources, theirs, max_bytes);
  std::map<std::string, const v1::RegisterHead*> heads;
  for (const v1::RegisterHead& head : theirs.heads()) heads.emplace(head.state(), &head);
  for (const auto& [state, head] : heads) {
    const auto acts = sources.acts.find(state);
    if (acts != sources.acts.end()) packer.Add(acts->second, *head);
  }
  packer.PackActs();
  packer.PackTexts();
  return packer.Take();
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
      const v1::DocumentReference* text = NamedText(act.instrument);
      // An instrument that was read has 64 hexadecimal digits where it names a text.
      if (text != nullptr) named.insert(HexDecode(text->sha256()).value_or(""));
    }
  }
  return named;
}

}  // namespace tamga::treaty
