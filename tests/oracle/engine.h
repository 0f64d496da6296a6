// Other engines of policy that decide the same cases.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "tests/oracle/exporter.h"
#include "tests/oracle/sample.h"

namespace tamga::policy::oracle {

struct Engine {
  std::string name;     // "cedar"
  std::string version;  // "@cedar-policy/cedar-wasm 4.13.0"
  Dialect dialect;
  // Whether it names every prohibition that holds, and those that hold unless a fact is known. One that does not says
  // only whether it denies.
  bool names_prohibitions = false;
};

// Null if there is no such engine.
const Engine* FindEngine(absl::string_view name);

// JSON: {"sets": {"0-0-0": [{"id": "TREATY/rule@OPERATION", "permits": true, "operation": …, "condition": …}, …], …},
// "cases": [{"set": "0-0-0", "operation": …, "fields": {…}}, …]}. The same bytes in every run.
std::string InputFor(const Engine& engine, const Sample& sample);

}  // namespace tamga::policy::oracle
