#include "node/treaty/treaty_intake.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "google/protobuf/text_format.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/treaty/holdings.h"
#include "node/treaty/invariants.h"
#include "node/treaty/sign_act.h"
#include "policy/act.h"

namespace tamga::treaty {
namespace {

std::string NameOf(const v1::SignedAct& act) { return absl::StrCat("act ", act.number(), " of ", act.state()); }

absl::Status Refused(absl::string_view reason, absl::string_view what) {
  return Error(absl::StatusCode::kFailedPrecondition, reason, what);
}

// A signature that is not good is the bringer's mistake, not a lack of the bringer's own credentials.
absl::Status AsMistake(const absl::Status& status) {
  if (!absl::IsUnauthenticated(status)) return status;
  return Error(absl::StatusCode::kInvalidArgument, ReasonOf(status), status.message());
}

class Taking {
 public:
  Taking(const TreatySources& held, const TreatyLibrary& current, const IntakeRules& rules, OnFault on_fault,
         const Unsound& unsound)
      : held_(held), rules_(rules), on_fault_(on_fault), unsound_(unsound), registers_(current.registers) {}

  absl::StatusOr<Intake> Take(const v1::TreatyBundle& bundle) {
    for (const v1::SignedAct& act : bundle.acts()) {
      if (Knows(act.state())) NoteNamed(act);
    }
    for (int i = 0; i < bundle.treaties_size(); ++i) RETURN_IF_ERROR(Settle(TakeTreaty(bundle.treaties(i), i + 1)));
    for (int i = 0; i < bundle.overlays_size(); ++i) RETURN_IF_ERROR(Settle(TakeOverlay(bundle.overlays(i), i + 1)));
    for (const v1::SignedAct& act : bundle.acts()) {
      if (stopped_.count(act.state()) > 0) continue;
      const absl::Status taken = TakeAct(act);
      // Whatever follows a bad act in its register is kept out with it.
      if (!taken.ok()) stopped_.insert(act.state());
      RETURN_IF_ERROR(Settle(taken));
    }
    RETURN_IF_ERROR(LimitProposals());
    return std::move(intake_);
  }

 private:
  // OK if the taking goes on.
  absl::Status Settle(const absl::Status& status) {
    if (status.ok()) return status;
    if (on_fault_ == OnFault::kRefuseAll) return AsMistake(status);
    if (ReasonOf(status) != "STATE_UNKNOWN") intake_.refused.push_back(AsMistake(status));
    return absl::OkStatus();
  }

  bool IsAtHand(const std::string& sha256) const {
    return held_.texts.count(sha256) > 0 || intake_.news.texts.count(sha256) > 0;
  }

  bool Knows(const std::string& state) const { return rules_.offices.count(state) > 0; }

  void NoteNamed(const v1::SignedAct& act) {
    v1::Instrument instrument;
    if (!google::protobuf::TextFormat::ParseFromString(act.instrument(), &instrument)) return;
    const v1::DocumentReference* text = NamedText(instrument);
    if (text != nullptr) named_.insert(HexDecode(text->sha256()).value_or(""));
  }

  absl::Status TakeTreaty(const std::string& text, int place) {
    if (IsAtHand(Sha256(text))) return absl::OkStatus();
    ASSIGN_OR_RETURN(policy::TreatyDocument document, policy::ReadTreaty(text, absl::StrCat("treaty ", place)));
    document.file_name = TextFileName(document);
    const auto& parties = document.treaty.parties();
    // A State that is known here may sign a text between others; without it the State's later acts would be kept out.
    const bool is_known =
        named_.count(document.sha256) > 0 ||
        std::any_of(parties.begin(), parties.end(), [&](const v1::Party& party) { return Knows(party.state()); });
    if (!is_known) {
      return Refused("STATE_UNKNOWN", absl::StrCat(document.file_name,
                                                   " is a treaty between States of which this node "
                                                   "knows no treaty office; configure one first"));
    }
    if (const auto found = unsound_.find(document.sha256); found != unsound_.end()) return found->second;
    intake_.news.texts.emplace(document.sha256, text);
    intake_.news.treaties.push_back(std::move(document));
    ++intake_.taken;
    return absl::OkStatus();
  }

  absl::Status TakeOverlay(const std::string& text, int place) {
    if (IsAtHand(Sha256(text))) return absl::OkStatus();
    ASSIGN_OR_RETURN(policy::OverlayDocument document, policy::ReadOverlay(text, absl::StrCat("overlay ", place)));
    document.file_name = TextFileName(document);
    if (!Knows(document.overlay.state())) {
      return Refused("STATE_UNKNOWN", absl::StrCat(document.file_name,
                                                   " is law of a State of which this node knows no "
                                                   "treaty office; configure it first"));
    }
    intake_.news.texts.emplace(document.sha256, text);
    intake_.news.overlays.push_back(std::move(document));
    ++intake_.taken;
    return absl::OkStatus();
  }

  absl::Status TakeAct(const v1::SignedAct& act) {
    RETURN_IF_ERROR(policy::CheckActForm(act));
    const auto office = rules_.offices.find(act.state());
    if (office == rules_.offices.end()) {
      return Refused("STATE_UNKNOWN", absl::StrCat(NameOf(act),
                                                   ": this node does not know the State's treaty office; configure it "
                                                   "first"));
    }
    auto own = registers_.find(act.state());
    if (own == registers_.end()) {
      ASSIGN_OR_RETURN(policy::Register empty, policy::Register::Create(office->second));
      own = registers_.emplace(act.state(), std::move(empty)).first;
    }
    policy::Register& acts = own->second;
    const policy::RegisterHead head = acts.head();
    if (act.number() <= head.number) return CompareWithHeld(act, acts.acts()[act.number() - 1].sha256);
    if (act.number() > head.number + 1) {
      return Refused("REGISTER_GAP", absl::StrCat(NameOf(act), " cannot follow act ", head.number,
                                                  "; the acts between are to be fetched or sent first"));
    }
    RETURN_IF_ERROR(acts.Append(act, &CheckActSignature));
    const v1::DocumentReference* text = NamedText(acts.acts().back().instrument);
    if (text != nullptr && !IsAtHand(HexDecode(text->sha256()).value_or(""))) {
      return Refused("TEXT_MISSING", absl::StrCat(NameOf(act), " is about ", text->id(), " with SHA-256 ",
                                                  text->sha256(), ", which is not here; send the text along"));
    }
    intake_.news.acts[act.state()].push_back(act);
    ++intake_.taken;
    return absl::OkStatus();
  }

  absl::Status CompareWithHeld(const v1::SignedAct& act, const std::string& held_sha256) const {
    const std::string sha256 = policy::ActSha256(act);
    if (sha256 == held_sha256) return absl::OkStatus();
    // It is a fork only if the State signed this one too.
    std::vector<v1::SignedAct> before;
    for (const TreatySources* sources : {&held_, &std::as_const(intake_.news)}) {
      const auto acts = sources->acts.find(act.state());
      if (acts != sources->acts.end()) before.insert(before.end(), acts->second.begin(), acts->second.end());
    }
    before.resize(act.number() - 1);
    ASSIGN_OR_RETURN(policy::RegisterReading reading,
                     policy::ReadRegister(rules_.offices.at(act.state()), before, &CheckActSignature));
    RETURN_IF_ERROR(reading.good.Append(act, &CheckActSignature));
    return Error(absl::StatusCode::kFailedPrecondition, "REGISTER_FORKED",
                 absl::StrCat(NameOf(act), " is here with SHA-256 ", held_sha256, " and was brought with SHA-256 ",
                              sha256, "; the State's treaty office must say which one it stands by"),
                 {{"held", held_sha256}, {"brought", sha256}});
  }

  // Takes new proposals back while there are too many.
  absl::Status LimitProposals() {
    const std::set<std::string> named = NamedTexts(registers_);
    size_t count = 0;
    size_t bytes = 0;
    for (const auto& [sha256, text] : held_.texts) {
      if (named.count(sha256) > 0) continue;
      ++count;
      bytes += text.size();
    }
    const auto fits = [&](const std::string& sha256) {
      if (named.count(sha256) > 0) return true;
      ++count;
      bytes += intake_.news.texts.at(sha256).size();
      return count <= rules_.most_proposals && bytes <= kMostProposalBytes;
    };
    RETURN_IF_ERROR(KeepThatFit(fits, &intake_.news.treaties));
    return KeepThatFit(fits, &intake_.news.overlays);
  }

  template <typename Fits, typename Document>
  absl::Status KeepThatFit(Fits fits, std::vector<Document>* documents) {
    std::vector<Document> kept;
    for (Document& document : *documents) {
      if (fits(document.sha256)) {
        kept.push_back(std::move(document));
        continue;
      }
      const absl::Status refused =
          Refused("TOO_MANY_PROPOSALS", absl::StrCat(document.file_name,
                                                     ": this node holds as many texts that no act is about as it "
                                                     "takes; remove old ones from treaties_dir"));
      // No draft is worth an act that waits for it.
      if (on_fault_ == OnFault::kRefuseAll && intake_.news.acts.empty()) return refused;
      intake_.refused.push_back(refused);
      intake_.news.texts.erase(document.sha256);
      --intake_.taken;
    }
    *documents = std::move(kept);
    return absl::OkStatus();
  }

  const TreatySources& held_;
  const IntakeRules& rules_;
  const OnFault on_fault_;
  const Unsound& unsound_;
  std::map<std::string, policy::Register> registers_;
  std::set<std::string> named_;    // SHA-256 of the texts that the bundle's acts of known States name
  std::set<std::string> stopped_;  // States of which nothing more is taken
  Intake intake_;
};

TreatySources Unite(TreatySources all, const TreatySources& news) {
  all.treaties.insert(all.treaties.end(), news.treaties.begin(), news.treaties.end());
  all.overlays.insert(all.overlays.end(), news.overlays.begin(), news.overlays.end());
  all.texts.insert(news.texts.begin(), news.texts.end());
  for (const auto& [state, acts] : news.acts) {
    std::vector<v1::SignedAct>& own = all.acts[state];
    own.insert(own.end(), acts.begin(), acts.end());
  }
  return all;
}

// Those that are not sound; of those that are refused together, the first.
Unsound UnsoundOf(const std::vector<policy::TreatyDocument>& treaties, OnFault on_fault) {
  Unsound unsound;
  for (const policy::TreatyDocument& document : treaties) {
    absl::Status proved = ProveInvariants(document);
    if (proved.ok()) continue;
    unsound.emplace(document.sha256, std::move(proved));
    if (on_fault == OnFault::kRefuseAll) break;
  }
  return unsound;
}

}  // namespace

absl::StatusOr<Intake> SortOut(const TreatySources& held, const TreatyLibrary& current, const v1::TreatyBundle& bundle,
                               const IntakeRules& rules, OnFault on_fault, const Unsound& unsound) {
  return Taking(held, current, rules, on_fault, unsound).Take(bundle);
}

absl::StatusOr<Intake> TakeIn(const TreatySources& held, const TreatyLibrary& current, const v1::TreatyBundle& bundle,
                              const IntakeRules& rules, OnFault on_fault) {
  ASSIGN_OR_RETURN(Intake intake, SortOut(held, current, bundle, rules, on_fault));
  // Texts are proved last, when it is known that all else about them is in order. Without those that turn out to be
  // unsound, other things may no longer be, since acts may be about them; and others may have room.
  Unsound unsound;
  for (Unsound found; !(found = UnsoundOf(intake.news.treaties, on_fault)).empty();) {
    unsound.merge(found);
    ASSIGN_OR_RETURN(intake, SortOut(held, current, bundle, rules, on_fault, unsound));
  }
  if (intake.taken == 0) {
    intake.sources = held;
    return intake;
  }
  intake.sources = Unite(held, intake.news);
  ASSIGN_OR_RETURN(intake.library, BuildLibrary(intake.sources, rules.offices, rules.skew, rules.state));
  return intake;
}

}  // namespace tamga::treaty
