// What is in force on a day, read off the law between pairs of States. Policies of other engines know nothing of time:
// this is what they are told instead.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/oracle/law.h"

namespace tamga::policy::oracle {

// Ordered pairs of States, "KAZ>KGZ"; "KAZ>" stands for all States that are party to nothing as answerers.
using Pairs = std::set<std::string>;

struct TreatyForce {
  const TreatyDocument* document = nullptr;
  Pairs granting;                          // between which its grants are in force
  std::map<std::string, Pairs> withdrawn;  // by article: between which it grants nothing
  Pairs request_bound;                     // between which it narrows requests: the asker is bound
  Pairs reply_bound;                       // between which it narrows replies: either is bound
  std::set<std::string> authorities;       // competent agencies of all States
};

// Rules that States added.
struct AddedForce {
  const NarrowingLaw* law = nullptr;
  Pairs pairs;
};

struct Force {
  std::vector<TreatyForce> treaties;  // all documents, also those that are in force nowhere
  std::vector<AddedForce> added;      // only those that are in force somewhere
};

Force ForceOn(const Law& law, absl::Time at);

// The pair of two agencies' States, as it stands in Pairs.
std::string PairOf(const Law& law, absl::string_view asker, absl::string_view answerer);

}  // namespace tamga::policy::oracle
