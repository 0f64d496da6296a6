// For tests: the files of a node of KAZ/border-service in a temporary folder, good until a test spoils them.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/authority.h"
#include "certs/principal.h"
#include "tamga/v1/node_config.pb.h"

namespace tamga::node {

inline constexpr char kTestAgency[] = "KAZ/border-service";

// When the tests take place.
absl::Time TestNow();

// The authority of "KAZ" or "KGZ", made once for the test program.
const certs::StateAuthority& AuthorityOf(absl::string_view state);

// Any failure to set it up ends the test program.
class TestNode {
 public:
  TestNode();
  ~TestNode();
  TestNode(const TestNode&) = delete;
  TestNode& operator=(const TestNode&) = delete;

  // Writes a file below the folder.
  void Write(const std::string& name, absl::string_view content, unsigned mode = 0600);
  std::string Read(const std::string& name) const;
  std::string Path(const std::string& name) const;

  // Issues `<name>.pem` and `<name>.key`.
  void Issue(const std::string& name, const certs::Principal& principal, absl::Duration lifetime = absl::Hours(24),
             absl::Time now = TestNow());

  // Replaces the seal by a good one for the key of the TLS certificate, which no authority should issue.
  void IssueSealForTlsKey();

  // Writes `config` to node.txtpb and returns its path.
  std::string WriteConfig();

  v1::NodeConfig config;

 private:
  std::string folder_;
};

// A partner of KGZ with a log of its own.
v1::Partner TestPartner();

// A verification key of a log of this name.
std::string VkeyOf(const std::string& log_name);

}  // namespace tamga::node
