#include "certs/principal.h"

#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

TEST(PrincipalTest, EveryRoleIsReadBackFromItsId) {
  for (const Role role : {Role::kNode, Role::kSeal, Role::kSystem, Role::kOfficer, Role::kTreatyOfficer,
                          Role::kProtectionOfficer, Role::kAuditor, Role::kOperator}) {
    const Principal principal = {"KAZ/border-service", role, "lane-7"};
    ASSERT_OK_AND_ASSIGN(const Principal parsed, ParseSpiffeId(principal.SpiffeId()));
    EXPECT_EQ(parsed, principal);
  }
}

TEST(PrincipalTest, TheIdHasTheDocumentedForm) {
  const Principal principal = {"KAZ/border-service", Role::kSystem, "lane-7"};
  EXPECT_EQ(principal.SpiffeId(), "spiffe://kaz.tamga/border-service/system/lane-7");
  EXPECT_EQ(principal.State(), "KAZ");
}

TEST(PrincipalTest, RefusesEverythingElse) {
  for (const absl::string_view id : {
           "",
           "spiffe://",
           "spiffe://kaz.tamga",
           "spiffe://kaz.tamga/border-service/system",
           "spiffe://kaz.tamga/border-service/system/",
           "spiffe://kaz.tamga/border-service/system/lane-7/",
           "spiffe://kaz.tamga/border-service/system/lane-7/x",
           "spiffe://kaz.tamga//system/lane-7",
           "spiffe://kaz.tamga/border-service/king/lane-7",
           "spiffe://kaz.tamga/border-service/treaty/lane-7",
           "spiffe://kaz.tamga/border-service/treaty_officer/lane-7",
           "spiffe://kaz.tamga/border-service/System/lane-7",
           "spiffe://KAZ.tamga/border-service/system/lane-7",
           "SPIFFE://kaz.tamga/border-service/system/lane-7",
           "spiffe://kaz.tamga/Border-service/system/lane-7",
           "spiffe://kaz.tamga/border-service/system/Lane-7",
           "spiffe://kaz.tamga/border-service/system/-lane",
           "spiffe://kaz.tamga/border-service/system/lane-",
           "spiffe://kaz.tamga/border-service/system/lane%37",
           "spiffe://kaz.tamga/border-service/system/lane.7",
           "spiffe://kaz.tamga/border-service/system/..",
           "spiffe://kaz.tamga/border-service/system/lane-7?x",
           "spiffe://kaz.tamga/border-service/system/lane-7#x",
           "spiffe://kaz.tamga:443/border-service/system/lane-7",
           "spiffe://x@kaz.tamga/border-service/system/lane-7",
           "spiffe://ka.tamga/border-service/system/lane-7",
           "spiffe://kazz.tamga/border-service/system/lane-7",
           "spiffe://k4z.tamga/border-service/system/lane-7",
           "spiffe://kaz.tamga.example/border-service/system/lane-7",
           "spiffe://kaz/border-service/system/lane-7",
           "https://kaz.tamga/border-service/system/lane-7",
           " spiffe://kaz.tamga/border-service/system/lane-7",
           "spiffe://kaz.tamga/border-service/system/lane-7 ",
       }) {
    EXPECT_THAT(ParseSpiffeId(id), StatusIs(absl::StatusCode::kUnauthenticated)) << id;
    EXPECT_THAT(ParseSpiffeId(id), HasReason("BAD_IDENTITY")) << id;
  }
}

TEST(PrincipalTest, RefusesANulByteInsideAName) {
  EXPECT_THAT(ParseSpiffeId(std::string("spiffe://kaz.tamga/border-service/system/a\0b", 44)),
              HasReason("BAD_IDENTITY"));
}

TEST(PrincipalTest, NamesMayBeAsLongAsSixtyCharacters) {
  const std::string prefix = "spiffe://kaz.tamga/border-service/system/";
  EXPECT_OK(ParseSpiffeId(prefix + std::string(60, 'a')));
  EXPECT_THAT(ParseSpiffeId(prefix + std::string(61, 'a')), HasReason("BAD_IDENTITY"));
}

}  // namespace
}  // namespace tamga::certs
