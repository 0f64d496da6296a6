#include "certs/host_name.h"

#include <string>

#include "certs/expected_name.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

TEST(HostNameTest, IsMadeOfLabels) {
  for (const char* good : {"a", "kaz.tamga", "Border-1.KAZ.tamga", "1.example", "xn--80ak6aa92e.com"}) {
    EXPECT_TRUE(IsHostName(good)) << good;
  }
  for (const std::string& bad :
       {std::string(), std::string("."), std::string(".kaz"), std::string("kaz."), std::string("a..b"),
        std::string("-a.b"), std::string("a-.b"), std::string("a_b.c"), std::string("a b"), std::string("*.kaz.tamga"),
        std::string("192.0.2.1"), std::string("a\0b", 3), std::string(64, 'a'), std::string(254, 'a'),
        std::string("\xd0\xba.kz")}) {
    EXPECT_FALSE(IsHostName(bad)) << bad;
  }
}

TEST(HostNameTest, AWildcardIsAWholeFirstLabel) {
  EXPECT_TRUE(IsWildcardName("*.kaz.tamga"));
  for (const char* bad :
       {"*", "*.", "*.tamga", "a*.kaz.tamga", "*a.kaz.tamga", "*.*.tamga", "a.*.tamga", "kaz.tamga"}) {
    EXPECT_FALSE(IsWildcardName(bad)) << bad;
  }
}

TEST(HostNameTest, TheHostOfAUriIsInItsAuthority) {
  const std::pair<const char*, const char*> good[] = {{"spiffe://kaz.tamga/a", "kaz.tamga"},
                                                      {"https://kaz.tamga", "kaz.tamga"},
                                                      {"https://kaz.tamga:8443?q", "kaz.tamga"},
                                                      {"https://evil.example@kaz.tamga/", "kaz.tamga"}};
  for (const auto& [uri, host] : good) EXPECT_EQ(HostOfUri(uri), host) << uri;
  for (const char* bad :
       {"", "kaz.tamga", "urn:a:b", "mailto:a@kaz.tamga", "https:///a", "https://192.0.2.1/", "https://[2001:db8::1]/",
        "https://a@b@kaz.tamga/", "https://kaz.tamga:x/", "https://kaz.tamga./", "https://kaz%2etamga/",
        "1https://kaz.tamga/", "https://kaz.tamga/ "}) {
    EXPECT_EQ(HostOfUri(bad), std::nullopt) << bad;
  }
}

TEST(HostNameTest, AMailboxHasALocalPartAndAHost) {
  EXPECT_TRUE(ParseMailbox("a.b@kaz.tamga").has_value());
  for (const char* bad :
       {"", "a", "@kaz.tamga", "a@", "a b@kaz.tamga", "a@b@kaz.tamga", "\"a\"@kaz.tamga", "a@.tamga"}) {
    EXPECT_FALSE(ParseMailbox(bad).has_value()) << bad;
  }
}

TEST(ExpectedNameTest, IsOneOfTheAlternativeNames) {
  AlternativeNames names;
  names.dns = {"server.example", "*.wild.example"};
  names.emails = {"Somebody@mail.example"};
  names.addresses = {AddressOctets("192.0.2.1"), AddressOctets("2001:db8::1")};
  using Kind = ExpectedName::Kind;
  const ExpectedName good[] = {{Kind::kDns, "server.example"},         {Kind::kDns, "SERVER.Example"},
                               {Kind::kDns, "a.wild.example"},         {Kind::kDns, "xn--a.wild.example"},
                               {Kind::kAddress, "192.0.2.1"},          {Kind::kAddress, "2001:DB8:0::1"},
                               {Kind::kEmail, "Somebody@MAIL.example"}};
  for (const ExpectedName& name : good) EXPECT_OK(CheckExpectedNames(names, {name})) << name.value;
  const ExpectedName bad[] = {{Kind::kDns, ""},
                              {Kind::kDns, "example"},
                              {Kind::kDns, "a.server.example"},
                              {Kind::kDns, "server.example."},
                              {Kind::kDns, "wild.example"},
                              {Kind::kDns, "a.b.wild.example"},
                              {Kind::kDns, "*.wild.example"},
                              {Kind::kDns, "192.0.2.1"},
                              {Kind::kAddress, "192.0.2.2"},
                              {Kind::kAddress, "server.example"},
                              {Kind::kAddress, "::ffff:192.0.2.1"},
                              {Kind::kEmail, "somebody@mail.example"},
                              {Kind::kEmail, "mail.example"},
                              {Kind::kEmail, "server.example"}};
  for (const ExpectedName& name : bad) {
    EXPECT_THAT(CheckExpectedNames(names, {name}), HasReason("CERT_WRONG_NAME")) << name.value;
  }
  EXPECT_OK(CheckExpectedNames(names, {}));
  EXPECT_THAT(CheckExpectedNames(names, {good[0], bad[1]}), HasReason("CERT_WRONG_NAME"));
}

}  // namespace
}  // namespace tamga::certs
