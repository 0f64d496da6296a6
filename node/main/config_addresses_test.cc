#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

using testing::HasSubstr;

bool MayListen(const std::string& address) {
  Mistakes mistakes;
  CheckListenAddress("listen", address, mistakes);
  return mistakes.ToStatus().ok();
}

bool MayConnect(const std::string& address) {
  Mistakes mistakes;
  CheckPartnerAddress("partners[0].address", address, mistakes);
  return mistakes.ToStatus().ok();
}

TEST(ConfigAddressesTest, ANodeListensOnAnIpAddressAndAPort) {
  for (const char* address : {"127.0.0.1:7401", "0.0.0.0:0", "127.0.0.1:65535", "[::1]:7401", "[::]:0"}) {
    EXPECT_TRUE(MayListen(address)) << address;
  }
}

TEST(ConfigAddressesTest, NothingElseCanBeListenedOn) {
  for (const char* address :
       {"", ":7401", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1: 1",
        "127.0.0.1:007401", "127.0.0.1:http", "127.0.0:1", "256.0.0.1:1", "localhost:7401", "::1:7401", "[::1]",
        "[127.0.0.1]:1", "[]:1", "[:1", "unix:/run/tamga"}) {
    EXPECT_FALSE(MayListen(address)) << address;
  }
}

TEST(ConfigAddressesTest, APartnerIsANameOrAnIpAddressWithAPort) {
  for (const std::string& address :
       {std::string("node.interior-ministry.kg:7401"), std::string("localhost:1"), std::string("10.0.0.1:65535"),
        std::string("[2001:db8::1]:7401"), std::string("1.kg:7401"), std::string(63, 'a') + ":1"}) {
    EXPECT_TRUE(MayConnect(address)) << address;
  }
}

TEST(ConfigAddressesTest, NothingElseCanBeConnectedTo) {
  for (const std::string& address :
       {std::string(""), std::string("node.kg"), std::string("node.kg:0"), std::string("node.kg:65536"),
        std::string("node.kg:"), std::string(":7401"), std::string("https://node.kg:7401"), std::string("node.kg/:1"),
        std::string("-node.kg:1"), std::string("node-.kg:1"), std::string("node..kg:1"), std::string("node.kg.:1"),
        std::string("10.0.0.256:1"), std::string("::1:7401"), std::string("[node.kg]:1"), std::string("a b:1"),
        std::string(64, 'a') + ":1", std::string(254, 'a') + ":1"}) {
    EXPECT_FALSE(MayConnect(address)) << address;
  }
}

std::string ReadUrl(const std::string& text) {
  Mistakes mistakes;
  const std::optional<HttpsUrl> url = ReadHttpsUrl("url", text, mistakes);
  EXPECT_EQ(url.has_value(), mistakes.ToStatus().ok()) << text;
  return url ? absl::StrCat(url->host, " ", url->port, " ", url->path) : "refused";
}

TEST(ConfigAddressesTest, AnHttpsUrlHasAHostAndMayHaveAPortAndAPath) {
  EXPECT_EQ(ReadUrl("https://witness.example"), "witness.example 443 ");
  EXPECT_EQ(ReadUrl("https://witness.example/"), "witness.example 443 ");
  EXPECT_EQ(ReadUrl("https://witness.example:8443/a/b~1/"), "witness.example 8443 /a/b~1");
  EXPECT_EQ(ReadUrl("https://10.0.0.1/a"), "10.0.0.1 443 /a");
  EXPECT_EQ(ReadUrl("https://[2001:db8::1]"), "2001:db8::1 443 ");
  EXPECT_EQ(ReadUrl("https://[2001:db8::1]:1/a"), "2001:db8::1 1 /a");
  for (const char* text :
       {"", "https://", "https:///a", "witness.example", "http://witness.example", "HTTPS//witness.example",
        "https://user@witness.example", "https://witness.example:", "https://witness.example:0",
        "https://witness.example:65536", "https://::1/", "https://[witness.example]/", "https://witness.example/?a=b",
        "https://witness.example/#a", "https://witness.example?a", "https://witness.example/a b",
        "https://witness.example/a\r\nHost: b", "https://witness..example/"}) {
    EXPECT_EQ(ReadUrl(text), "refused") << text;
  }
}

TEST(ConfigAddressesTest, ARefusalNamesTheFieldAndTheForm) {
  Mistakes mistakes;
  CheckPartnerAddress("partners[3].address", "kgz", mistakes);
  EXPECT_THAT(mistakes.ToStatus(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("partners[3].address: cannot be connected to; must be host:port")));
}

}  // namespace
}  // namespace tamga::node
