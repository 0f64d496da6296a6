// Finds the alerts that may be about a traveller. In memory; what it holds is gone with the process.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/mutex.h"
#include "tamga/v1/watchlist.pb.h"

namespace tamga::watchlist {

struct Match {
  v1::MatchKind kind;
  std::string alert_id;
};

inline constexpr size_t kMaxMatches = 20;

// Thread-safe.
class AlertIndex {
 public:
  AlertIndex();
  ~AlertIndex();
  AlertIndex(const AlertIndex&) = delete;
  AlertIndex& operator=(const AlertIndex&) = delete;

  // Adds the alert, in place of one with the same alert_id.
  void Upsert(const v1::Alert& alert);

  // Does nothing if there is no such alert.
  void Remove(absl::string_view alert_id);

  // At most kMaxMatches alerts that have not expired, each once: those with the document first, then those with the
  // name, each in the order of their identifiers.
  // - DOCUMENT: same number, looking at letters and digits only, and same issuer where both give its code.
  // - NAME_AND_BIRTH: the query's words hold, in any order and spelling (see NameKeys), an alert's surname and first
  //   given name, or its whole name but for patronymics; a name of one word must be the whole query. No date of birth
  //   contradicts.
  std::vector<Match> Find(const v1::TravellerQuery& query, absl::Time now) const;

  size_t size() const;

 private:
  struct Entry;
  struct ListedName;
  struct ListedDocument;

  void RemoveLocked(absl::string_view alert_id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  absl::flat_hash_map<std::string, std::unique_ptr<const Entry>> entries_ ABSL_GUARDED_BY(mutex_);
  // Under the longest, and so most telling, key of the name.
  absl::flat_hash_map<std::string, std::vector<ListedName>> names_ ABSL_GUARDED_BY(mutex_);
  // Under the number's letters and digits.
  absl::flat_hash_map<std::string, std::vector<ListedDocument>> documents_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::watchlist
