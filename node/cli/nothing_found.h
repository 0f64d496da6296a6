// What to say when nothing fits: a name that was mistyped looks just like one of which there is nothing.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "node/cli/environment.h"
#include "node/cli/session.h"

namespace tamga::cli {

// What was asked for; empty where nothing was.
struct Sought {
  std::string partner;
  std::string treaty;
  std::string article;
  std::string asker;
  std::string officer;
};

// Says that no entries fit, and of what was named which agencies and treaties the node knows. Asks the node, but for
// nothing that it logs; what it does not tell is left out.
void SayNothingFound(Session& session, const Sought& sought, Environment& environment);

// OK if the node holds the treaty, or does not tell which it holds; INVALID_FIELD naming those that it does otherwise.
absl::Status CheckTreatyIsKnown(Session& session, const std::string& treaty);

}  // namespace tamga::cli
