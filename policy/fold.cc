#include "policy/fold.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/base/encoding.h"
#include "policy/day.h"
#include "policy/findings.h"
#include "policy/spans.h"
#include "policy/validate.h"

namespace tamga::policy {
namespace {

absl::Time InstantOf(absl::string_view day) {
  const std::optional<absl::Time> instant = ParseDay(day);
  TAMGA_CHECK(instant.has_value());  // ReadTreaty and ReadInstrument have refused every other text.
  return *instant;
}

std::vector<Version> VersionsOf(const std::vector<TreatyDocument>& treaties) {
  std::vector<Version> versions;
  std::set<std::string> seen;
  for (const TreatyDocument& document : treaties) {
    if (!seen.insert(document.sha256).second) continue;  // the same bytes a second time say nothing new
    versions.emplace_back().document = &document;
  }
  const auto place = [](const Version& version) {
    const v1::Treaty& treaty = version.document->treaty;
    return std::make_tuple(absl::string_view(treaty.id()), treaty.version(),
                           absl::string_view(version.document->sha256));
  };
  std::sort(versions.begin(), versions.end(), [&](const Version& a, const Version& b) { return place(a) < place(b); });
  return versions;
}

bool AreRivals(const v1::Treaty& a, const v1::Treaty& b) {
  if (a.id() != b.id()) return false;
  return a.version() == b.version() || (!a.previous_sha256().empty() && a.previous_sha256() == b.previous_sha256());
}

// Does the folding, one kind of act after the other.
class Folder {
 public:
  Folder(const std::vector<OverlayDocument>& overlays, const std::vector<VerifiedAct>& acts, Fold* fold)
      : overlays_(overlays), acts_(acts), fold_(*fold) {
    for (Version& version : fold_.versions) by_hash_[HexEncode(version.document->sha256)] = &version;
  }

  void LinkVersions();
  void CollectConsents();
  void CollectEnds();
  void CollectNarrowings();
  void CollectObjections();
  void CollectAdoptions();
  void CollectOthers();
  void ReportRivals();

 private:
  void Report(const VerifiedAct& act, absl::string_view code, absl::string_view what) {
    fold_.findings.push_back({act.state, act.number, std::string(code), absl::StrCat(NameOf(act), " ", what)});
  }
  void ReportDocument(absl::string_view code, absl::string_view what) {
    fold_.findings.push_back({"", 0, std::string(code), std::string(what)});
  }

  Version* FindVersion(const v1::DocumentReference& reference, const VerifiedAct& act);
  bool KnowsTreaty(const std::string& id) const;
  void Ratify(const VerifiedAct& act);
  void Denounce(const VerifiedAct& act);
  void Adopt(const VerifiedAct& act, std::map<std::string, std::vector<const VerifiedAct*>>* by_overlay);
  const OverlayDocument* FindOverlay(const v1::DocumentReference& reference) const;
  const VerifiedAct* FindAct(const std::string& state, uint32_t number) const;
  Spans SpansOf(const VerifiedAct& act) const;
  void CheckReservation(const VerifiedAct& act);
  void CheckSuspension(const VerifiedAct& act);

  const std::vector<OverlayDocument>& overlays_;
  const std::vector<VerifiedAct>& acts_;
  Fold& fold_;
  std::map<std::string, Version*> by_hash_;
  // What a withdrawal or resumption ends, and when.
  std::map<const VerifiedAct*, absl::Time> ended_;
};

void Folder::LinkVersions() {
  for (Version& version : fold_.versions) {
    const v1::Treaty& treaty = version.document->treaty;
    version.is_rooted = treaty.version() == 1;
    for (Version& other : fold_.versions) {
      const v1::Treaty& before = other.document->treaty;
      if (&other != &version && AreRivals(treaty, before)) version.rivals.push_back(&other);
      if (treaty.version() == 1 || before.id() != treaty.id() || before.version() + 1 != treaty.version() ||
          HexEncode(other.document->sha256) != treaty.previous_sha256()) {
        continue;
      }
      version.base = &other;
      version.is_rooted = other.is_rooted;  // known by now, since it comes before
      other.successors.push_back(&version);
    }
    if (!version.is_rooted) {
      ReportDocument("AMENDS_UNKNOWN", absl::StrCat(version.document->file_name, " amends a version of ", treaty.id(),
                                                    " that is not at hand, so it has no effect"));
    }
  }
}

Version* Folder::FindVersion(const v1::DocumentReference& reference, const VerifiedAct& act) {
  const auto found = by_hash_.find(reference.sha256());
  if (found == by_hash_.end()) {
    Report(act, "DOCUMENT_UNKNOWN", absl::StrCat("is about a document of ", reference.id(), " that is not at hand"));
    return nullptr;
  }
  const std::string& id = found->second->document->treaty.id();
  if (id == reference.id()) return found->second;
  Report(act, "DOCUMENT_MISMATCH", absl::StrCat("names the document of ", id, " as ", reference.id()));
  return nullptr;
}

bool Folder::KnowsTreaty(const std::string& id) const {
  return std::any_of(fold_.versions.begin(), fold_.versions.end(),
                     [&](const Version& version) { return version.document->treaty.id() == id; });
}

void Folder::Ratify(const VerifiedAct& act) {
  const v1::Ratify& ratify = act.instrument.ratify();
  Version* version = FindVersion(ratify.document(), act);
  if (version == nullptr) return;
  const v1::Treaty& treaty = version->document->treaty;
  if (!IsParty(treaty, act.state)) {
    return Report(act, "NOT_A_PARTY", absl::StrCat("ratifies ", treaty.id(), ", whose text does not name the State"));
  }
  const bool is_stated = treaty.entry_into_force().rule() == v1::ENTRY_RULE_STATED;
  if (is_stated == ratify.in_force_from().empty()) {
    return Report(act, "DAY_MISPLACED",
                  is_stated ? "must name the day from which it binds, as the treaty asks"
                            : "names a day from which it binds, which the treaty's own rule decides");
  }
  std::vector<Consent>& consents = version->consents[act.state];
  // Consents add up, so that none of them ever takes away from another.
  if (!consents.empty() && consents.back().denunciation == nullptr) {
    Report(act, "REPEATED", absl::StrCat("ratifies ", treaty.id(), " a second time"));
  }
  Consent consent;
  consent.span.from = is_stated ? InstantOf(ratify.in_force_from()) : EffectiveOn(act);
  consent.ratification = &act;
  consents.push_back(consent);
}

void Folder::Denounce(const VerifiedAct& act) {
  const std::string& id = act.instrument.denounce().treaty_id();
  std::vector<Consent*> standing;
  uint32_t notice = 0;
  for (Version& version : fold_.versions) {
    const auto found = version.consents.find(act.state);
    if (version.document->treaty.id() != id || found == version.consents.end()) continue;
    const size_t before = standing.size();
    for (Consent& consent : found->second) {
      if (consent.denunciation == nullptr) standing.push_back(&consent);
    }
    if (standing.size() == before) continue;
    // The longest notice of the versions that the State ratified: no State shortens it by a version of its own. All
    // versions end on one day: an older one must not come back when a newer one ends.
    notice = std::max(notice, version.document->treaty.entry_into_force().denunciation_days());
  }
  if (standing.empty()) {
    return Report(act, "NOT_RATIFIED", absl::StrCat("denounces ", id, ", to which the State is not bound"));
  }
  for (Consent* consent : standing) {
    consent->span.until = EffectiveOn(act) + absl::Hours(24) * notice;
    consent->denunciation = &act;
  }
}

void Folder::CollectConsents() {
  for (const VerifiedAct& act : acts_) {
    if (act.instrument.has_ratify()) Ratify(act);
    if (act.instrument.has_denounce()) Denounce(act);
    if (!act.instrument.has_sign()) continue;
    Version* version = FindVersion(act.instrument.sign().document(), act);
    if (version == nullptr) continue;
    if (IsParty(version->document->treaty, act.state)) {
      version->signings.try_emplace(act.state, &act);
    } else {
      Report(act, "NOT_A_PARTY", "signs a treaty whose text does not name the State");
    }
  }
}

const VerifiedAct* Folder::FindAct(const std::string& state, uint32_t number) const {
  const auto place = std::make_tuple(absl::string_view(state), number);
  const auto found =
      std::lower_bound(acts_.begin(), acts_.end(), place, [](const VerifiedAct& act, const auto& sought) {
        return std::make_tuple(absl::string_view(act.state), act.number) < sought;
      });
  return found != acts_.end() && found->state == state && found->number == number ? &*found : nullptr;
}

void Folder::CollectEnds() {
  for (const VerifiedAct& act : acts_) {
    const bool is_withdrawal = act.instrument.has_withdraw();
    if (!is_withdrawal && !act.instrument.has_resume()) continue;
    const uint32_t number = is_withdrawal ? act.instrument.withdraw().number() : act.instrument.resume().number();
    const VerifiedAct* target = number < act.number ? FindAct(act.state, number) : nullptr;
    const bool fits =
        target != nullptr && (is_withdrawal ? target->instrument.has_reserve() || target->instrument.has_object()
                                            : target->instrument.has_suspend());
    if (!fits) {
      Report(act, "TARGET_UNKNOWN",
             absl::StrCat("ends act ", number, ", which is no ",
                          is_withdrawal ? "reservation or objection" : "suspension", " before it"));
    } else if (!ended_.try_emplace(target, EffectiveOn(act)).second) {
      Report(act, "REPEATED", absl::StrCat("ends act ", number, " a second time"));
    }
  }
}

Spans Folder::SpansOf(const VerifiedAct& act) const {
  const auto ended = ended_.find(&act);
  return Only({EffectiveOn(act), ended == ended_.end() ? absl::InfiniteFuture() : ended->second});
}

void Folder::CheckReservation(const VerifiedAct& act) {
  const v1::Reserve& reserve = act.instrument.reserve();
  if (!KnowsTreaty(reserve.treaty_id())) {
    return Report(act, "TREATY_UNKNOWN", absl::StrCat("reserves to ", reserve.treaty_id(), ", which is not at hand"));
  }
  for (const Version& version : fold_.versions) {
    if (version.document->treaty.id() != reserve.treaty_id() || version.consents.count(act.state) == 0) continue;
    Findings findings(NameOf(act), "INSTRUMENT_INVALID");
    ValidateReservation(reserve, version.document->treaty,
                        Place(v1::Instrument::descriptor(), nullptr).Field("reserve"), &findings);
    // What the treaty forbids stays forbidden, since a reservation only takes grants away; but it is not what was
    // meant.
    if (!findings.empty()) {
      Report(act, "RESERVATION_UNFIT",
             absl::StrCat("does not fit version ", version.document->treaty.version(), ": ",
                          findings.ToStatus().message()));
    }
  }
}

void Folder::CheckSuspension(const VerifiedAct& act) {
  const v1::Suspend& suspend = act.instrument.suspend();
  if (!KnowsTreaty(suspend.treaty_id())) {
    return Report(act, "TREATY_UNKNOWN", absl::StrCat("suspends ", suspend.treaty_id(), ", which is not at hand"));
  }
  std::set<std::string> articles;
  for (const Version& version : fold_.versions) {
    if (version.document->treaty.id() != suspend.treaty_id()) continue;
    for (const v1::Article& article : version.document->treaty.articles()) articles.insert(article.number());
  }
  for (const std::string& article : suspend.articles()) {
    if (articles.count(article) > 0) continue;
    Report(act, "ARTICLE_UNKNOWN",
           absl::StrCat("suspends article ", article, ", which ", suspend.treaty_id(), " does not have"));
  }
}

void Folder::CollectNarrowings() {
  std::map<std::pair<std::string, std::string>, const VerifiedAct*> by_id;
  for (const VerifiedAct& act : acts_) {
    if (act.instrument.has_reserve()) {
      CheckReservation(act);
      const v1::Reserve& reserve = act.instrument.reserve();
      if (!by_id.try_emplace({act.state, reserve.id()}, &act).second) {
        Report(act, "REPEATED", absl::StrCat("has the id of an earlier reservation, ", reserve.id(), "; both stand"));
      }
      fold_.reservations.push_back({&act, SpansOf(act)});
    }
    if (!act.instrument.has_suspend()) continue;
    CheckSuspension(act);
    const std::string& until = act.instrument.suspend().until();
    Spans spans = SpansOf(act);
    if (!until.empty()) spans = Intersect(spans, Until(InstantOf(until)));
    fold_.suspensions.push_back({&act, std::move(spans)});
  }
}

void Folder::CollectObjections() {
  for (const VerifiedAct& act : acts_) {
    if (!act.instrument.has_object()) continue;
    const v1::Object& object = act.instrument.object();
    Spans standing;
    bool is_known = false;
    for (const Reservation& reservation : fold_.reservations) {
      const v1::Reserve& reserve = reservation.act->instrument.reserve();
      if (reservation.act->state != object.to_state() || reserve.id() != object.reservation_id() ||
          reserve.treaty_id() != object.treaty_id()) {
        continue;
      }
      is_known = true;
      standing = Unite(standing, reservation.spans);
    }
    if (!is_known) {
      Report(act, "TARGET_UNKNOWN",
             absl::StrCat("objects to reservation ", object.reservation_id(), " of ", object.to_state(),
                          ", which is not known"));
    }
    fold_.objections.push_back({&act, Intersect(SpansOf(act), standing)});
  }
}

const OverlayDocument* Folder::FindOverlay(const v1::DocumentReference& reference) const {
  for (const OverlayDocument& document : overlays_) {
    if (HexEncode(document.sha256) == reference.sha256() && document.overlay.id() == reference.id()) return &document;
  }
  return nullptr;
}

void Folder::CollectAdoptions() {
  struct Adopted {
    const OverlayDocument* document;
    const VerifiedAct* act;
  };
  std::map<std::pair<std::string, std::string>, std::vector<Adopted>> by_overlay;  // by State and id
  for (const VerifiedAct& act : acts_) {
    if (!act.instrument.has_adopt()) continue;
    const v1::DocumentReference& reference = act.instrument.adopt().overlay();
    const OverlayDocument* document = FindOverlay(reference);
    if (document == nullptr) {
      Report(act, "DOCUMENT_UNKNOWN", absl::StrCat("adopts a document of ", reference.id(), " that is not at hand"));
      continue;
    }
    if (document->overlay.state() != act.state) {
      Report(act, "NOT_OWN_LAW", absl::StrCat("adopts ", reference.id(), ", which is another State's law"));
      continue;
    }
    std::vector<Adopted>& adopted = by_overlay[{act.state, reference.id()}];
    const uint32_t version = document->overlay.version();
    const auto newest = std::max_element(adopted.begin(), adopted.end(), [](const Adopted& a, const Adopted& b) {
      return a.document->overlay.version() < b.document->overlay.version();
    });
    if (newest != adopted.end() && version < newest->document->overlay.version()) {
      Report(act, "OVERLAY_OLDER",
             absl::StrCat("adopts version ", version, " of ", reference.id(), " after a newer one; raise the version"));
      continue;
    }
    if (newest != adopted.end() && version == newest->document->overlay.version()) {
      Report(act, "REPEATED",
             absl::StrCat("adopts version ", version, " of ", reference.id(), " a second time; both stand"));
    }
    adopted.push_back({document, &act});
  }
  for (const auto& [key, adopted] : by_overlay) {
    for (const Adopted& one : adopted) {
      absl::Time until = absl::InfiniteFuture();
      for (const Adopted& other : adopted) {
        if (other.document->overlay.version() > one.document->overlay.version()) {
          until = std::min(until, EffectiveOn(*other.act));
        }
      }
      fold_.adoptions.push_back({key.first, one.document, Only({EffectiveOn(*one.act), until})});
    }
  }
}

void Folder::CollectOthers() {
  for (const VerifiedAct& act : acts_) {
    if (act.instrument.has_set_calendar()) fold_.calendars.Set(act.state, act.instrument.set_calendar());
    if (!act.instrument.has_change_authorities()) continue;
    fold_.authority_changes.push_back(&act);
    const std::string& id = act.instrument.change_authorities().treaty_id();
    if (!KnowsTreaty(id)) {
      Report(act, "TREATY_UNKNOWN", absl::StrCat("names authorities under ", id, ", which is not at hand"));
    }
  }
}

bool IsRatifiedByParty(const Version& rival, const v1::Treaty& treaty) {
  return std::any_of(rival.consents.begin(), rival.consents.end(),
                     [&](const auto& consents) { return IsParty(treaty, consents.first); });
}

void Folder::ReportRivals() {
  for (const Version& version : fold_.versions) {
    for (const Version* rival : version.rivals) {
      // Once for the two of them.
      if (rival < &version || version.consents.empty()) continue;
      if (!IsRatifiedByParty(*rival, version.document->treaty)) continue;
      ReportDocument("VERSIONS_CONFLICT",
                     absl::StrCat(version.document->file_name, " and ", rival->document->file_name,
                                  " stand in the same place of ", version.document->treaty.id(),
                                  ", and both are ratified; each State keeps to the one that it ratified first"));
    }
  }
}

}  // namespace

absl::Time EffectiveOn(const VerifiedAct& act) { return InstantOf(act.instrument.effective_on()); }

std::string NameOf(const VerifiedAct& act) { return absl::StrCat("act ", act.number, " of ", act.state); }

const Spans& BoundSpans(const Version& version, const std::string& state) {
  static const auto& never = *new Spans();
  const auto found = version.bound.find(state);
  return found == version.bound.end() ? never : found->second;
}

bool IsParty(const v1::Treaty& treaty, absl::string_view state) {
  return std::any_of(treaty.parties().begin(), treaty.parties().end(),
                     [&](const v1::Party& party) { return party.state() == state; });
}

Fold FoldActs(const std::vector<TreatyDocument>& treaties, const std::vector<OverlayDocument>& overlays,
              const std::vector<VerifiedAct>& acts) {
  Fold fold;
  fold.versions = VersionsOf(treaties);
  Folder folder(overlays, acts, &fold);
  folder.LinkVersions();
  folder.CollectConsents();
  WorkOutForce(&fold.versions);
  folder.ReportRivals();
  folder.CollectEnds();
  folder.CollectNarrowings();
  folder.CollectObjections();
  folder.CollectAdoptions();
  folder.CollectOthers();
  return fold;
}

}  // namespace tamga::policy
