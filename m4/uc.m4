dnl SPDX-License-Identifier: Apache-2.0
dnl
dnl Probing flags one by one, and libraries all before the first complaint.

dnl Every probe treats a warning as a refusal: clang only warns of flags it ignores.
AC_DEFUN([UC_FLAGS_BEGIN], [
	uc_saved_cflags=$CFLAGS
	uc_saved_ldflags=$LDFLAGS
	AC_SUBST([WARNING_CFLAGS])
	AC_SUBST([HARDENING_CFLAGS])
	AC_SUBST([HARDENING_LDFLAGS])
	AC_SUBST([FORTIFY_CPPFLAGS])
	AC_SUBST([SANITIZER_CFLAGS])
	AC_SUBST([SANITIZER_LDFLAGS])
	FORTIFY_CPPFLAGS=
])

AC_DEFUN([UC_FLAGS_END], [
	CFLAGS=$uc_saved_cflags
	LDFLAGS=$uc_saved_ldflags
])

dnl UC_COMPILER_FLAGS(VARIABLE, FLAGS): appends those that the compiler takes.
AC_DEFUN([UC_COMPILER_FLAGS], [
	for uc_flag in $2; do
		AC_MSG_CHECKING([whether $CC takes $uc_flag])
		CFLAGS="$uc_saved_cflags $[]$1 $uc_flag -Werror"
		AC_COMPILE_IFELSE([AC_LANG_PROGRAM],
			[AC_MSG_RESULT([yes]); $1="$[]$1 $uc_flag"], [AC_MSG_RESULT([no])])
	done
	CFLAGS=$uc_saved_cflags
])

dnl UC_LINKER_FLAGS(VARIABLE, FLAGS)
AC_DEFUN([UC_LINKER_FLAGS], [
	CFLAGS="$uc_saved_cflags $HARDENING_CFLAGS -Werror"
	for uc_flag in $2; do
		AC_MSG_CHECKING([whether the linker takes $uc_flag])
		LDFLAGS="$uc_saved_ldflags $[]$1 $uc_flag"
		AC_LINK_IFELSE([AC_LANG_PROGRAM],
			[AC_MSG_RESULT([yes]); $1="$[]$1 $uc_flag"], [AC_MSG_RESULT([no])])
	done
	CFLAGS=$uc_saved_cflags
	LDFLAGS=$uc_saved_ldflags
])

dnl Level 3 where it works, else 2; neither without optimisation, which libc warns of.
AC_DEFUN([UC_FORTIFY], [
	for uc_level in 3 2; do
		AS_IF([test -n "$FORTIFY_CPPFLAGS"], [break])
		AC_MSG_CHECKING([whether _FORTIFY_SOURCE=$uc_level works])
		CFLAGS="$uc_saved_cflags -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$uc_level -Werror"
		AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]], [[char c[8]; memset(c, 0, sizeof c); return c[0];]])],
			[AC_MSG_RESULT([yes])
			 FORTIFY_CPPFLAGS=" -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$uc_level"],
			[AC_MSG_RESULT([no])])
	done
	CFLAGS=$uc_saved_cflags
])

dnl UC_LIBRARY(VARIABLE, MODULE, DEBIAN PACKAGE)
AC_DEFUN([UC_LIBRARY], [
	PKG_CHECK_MODULES([$1], [$2], [], [
		AC_MSG_RESULT([no])
		uc_missing="$uc_missing $3"])
])

AC_DEFUN([UC_LIBRARIES_END], [
	AS_IF([test -n "$uc_missing"],
		[AC_MSG_ERROR([libraries are missing; on Debian and Ubuntu: apt-get install$uc_missing])])
])
