#include "node/watchlist/alert_index.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/clock.h"
#include "node/watchlist/birth_date.h"
#include "node/watchlist/latin_letters.h"
#include "node/watchlist/name_key.h"

namespace tamga::watchlist {
namespace {

using Keys = std::vector<std::string>;  // sorted, each once

// Capital letters and digits only.
std::string LettersAndDigits(absl::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte)) result.push_back(absl::ascii_toupper(byte));
  }
  return result;
}

// The issuer if it is a code; "" if it is unknown or, as some lists have it, a name in words.
std::string IssuerCode(absl::string_view issuer) {
  const std::string code = LettersAndDigits(issuer);
  return code.size() <= 3 ? code : "";
}

Keys WithoutPatronymics(const Keys& keys) {
  Keys rest;
  std::copy_if(keys.begin(), keys.end(), std::back_inserter(rest),
               [](const std::string& key) { return !IsPatronymicKey(key); });
  return rest.size() >= 2 ? rest : keys;
}

// The keys that a query must hold to be about this name.
Keys RequiredKeys(const v1::PersonName& name) {
  if (!name.full_name().empty()) return WithoutPatronymics(NameKeys(name.full_name()));
  const Keys surname = NameKeys(name.surname());
  const absl::string_view given_names = absl::string_view(name.given_names()).substr(0, kMaxNameBytes);
  for (const absl::string_view given : absl::StrSplit(given_names, ' ', absl::SkipEmpty())) {
    const Keys first = NameKeys(given);
    Keys both;
    std::set_union(surname.begin(), surname.end(), first.begin(), first.end(), std::back_inserter(both));
    if (both.size() > surname.size()) return both;  // some lists repeat the surname among the given names
  }
  return surname;
}

const std::string& LongestKey(const Keys& keys) {
  return *std::max_element(keys.begin(), keys.end(),
                           [](const std::string& a, const std::string& b) { return a.size() < b.size(); });
}

bool Satisfies(const Keys& query, const Keys& required) {
  if (required.size() == 1) return query == required;
  return std::includes(query.begin(), query.end(), required.begin(), required.end());
}

}  // namespace

struct AlertIndex::Entry {
  std::string alert_id;
  absl::Time valid_until = absl::InfiniteFuture();
  google::protobuf::RepeatedPtrField<v1::BirthDate> born_on;
  std::vector<Keys> names;
  // Number and issuer code.
  std::vector<std::pair<std::string, std::string>> documents;

  explicit Entry(const v1::Alert& alert) : alert_id(alert.alert_id()), born_on(alert.born_on()) {
    if (alert.has_valid_until()) valid_until = FromProto(alert.valid_until());
    for (const v1::PersonName& name : alert.names()) {
      Keys required = RequiredKeys(name);
      if (required.empty() || std::find(names.begin(), names.end(), required) != names.end()) continue;
      names.push_back(std::move(required));
    }
    for (const v1::TravelDocument& document : alert.documents()) {
      std::string number = LettersAndDigits(document.number());
      if (!number.empty()) documents.emplace_back(std::move(number), IssuerCode(document.issuing_state()));
    }
  }
};

struct AlertIndex::ListedName {
  const Entry* entry;
  const Keys* required;
};

struct AlertIndex::ListedDocument {
  const Entry* entry;
  const std::string* issuer;
};

namespace {

// Takes out what belongs to the entry under `key`.
template <typename Map, typename Entry>
void Forget(Map& map, const std::string& key, const Entry* entry) {
  const auto listed = map.find(key);
  if (listed == map.end()) return;
  auto& list = listed->second;
  list.erase(std::remove_if(list.begin(), list.end(), [&](const auto& item) { return item.entry == entry; }),
             list.end());
  if (list.empty()) map.erase(listed);
}

}  // namespace

AlertIndex::AlertIndex() = default;
AlertIndex::~AlertIndex() = default;

void AlertIndex::Upsert(const v1::Alert& alert) {
  auto entry = std::make_unique<const Entry>(alert);  // the costly part, before the lock
  MutexLock lock(mutex_);
  RemoveLocked(alert.alert_id());
  for (const Keys& required : entry->names) names_[LongestKey(required)].push_back({entry.get(), &required});
  for (const auto& [number, issuer] : entry->documents) documents_[number].push_back({entry.get(), &issuer});
  entries_[alert.alert_id()] = std::move(entry);
}

void AlertIndex::Remove(absl::string_view alert_id) {
  MutexLock lock(mutex_);
  RemoveLocked(alert_id);
}

void AlertIndex::RemoveLocked(absl::string_view alert_id) {
  const auto found = entries_.find(alert_id);
  if (found == entries_.end()) return;
  const Entry& entry = *found->second;
  for (const Keys& required : entry.names) Forget(names_, LongestKey(required), &entry);
  for (const auto& [number, issuer] : entry.documents) Forget(documents_, number, &entry);
  entries_.erase(found);
}

std::vector<Match> AlertIndex::Find(const v1::TravellerQuery& query, absl::Time now) const {
  const Keys keys = NameKeys(absl::StrCat(query.surname(), " ", query.given_names()));
  const std::string number = LettersAndDigits(query.document_number());
  const std::string issuer = IssuerCode(query.document_issuer());
  std::set<std::string> by_document, by_name;

  MutexLock lock(mutex_);
  if (const auto listed = documents_.find(number); listed != documents_.end()) {
    for (const ListedDocument& document : listed->second) {
      const bool same_issuer = issuer.empty() || document.issuer->empty() || *document.issuer == issuer;
      if (same_issuer && now < document.entry->valid_until) by_document.insert(document.entry->alert_id);
    }
  }
  for (const std::string& key : keys) {
    const auto listed = names_.find(key);
    if (listed == names_.end()) continue;
    for (const ListedName& name : listed->second) {
      if (now < name.entry->valid_until && Satisfies(keys, *name.required) &&
          MayBeSame(name.entry->born_on, query.born_on())) {
        by_name.insert(name.entry->alert_id);
      }
    }
  }

  std::vector<Match> matches;
  const auto take = [&](v1::MatchKind kind, const std::string& alert_id) {
    if (matches.size() < kMaxMatches) matches.push_back({kind, alert_id});
  };
  for (const std::string& alert_id : by_document) take(v1::MATCH_KIND_DOCUMENT, alert_id);
  for (const std::string& alert_id : by_name) {
    if (by_document.count(alert_id) == 0) take(v1::MATCH_KIND_NAME_AND_BIRTH, alert_id);
  }
  return matches;
}

size_t AlertIndex::size() const {
  MutexLock lock(mutex_);
  return entries_.size();
}

}  // namespace tamga::watchlist
