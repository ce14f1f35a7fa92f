"""The monthly progress of projects, as it is collected from them."""

import django.db.models.deletion
from django.db import migrations, models

import kaifaqu.kernel.fields
import kaifaqu.registers.projects.progress


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0002_head'),
        ('projects', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProjectProgress',
            fields=[
                ('id', models.BigIntegerField(editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=40, verbose_name='编号')),
                ('row_version', models.PositiveIntegerField(default=0, editable=False, verbose_name='行版本')),
                ('source', models.CharField(blank=True, editable=False, max_length=200, verbose_name='来源')),
                ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='归档时间')),
                ('month', kaifaqu.registers.projects.progress.MonthField(help_text='写到月，如 2024-07', verbose_name='月份')),
                ('planned_investment', kaifaqu.kernel.fields.ExactField(blank=True, null=True, scale=6, verbose_name='本年计划投资（万元）')),
                ('month_investment', kaifaqu.kernel.fields.ExactField(blank=True, null=True, scale=6, verbose_name='本月完成投资（万元）')),
                ('year_to_date', kaifaqu.kernel.fields.ExactField(blank=True, null=True, scale=6, verbose_name='本年累计完成投资（万元）')),
                ('completed_to_date', kaifaqu.kernel.fields.ExactField(blank=True, null=True, scale=6, verbose_name='自开工累计完成投资（万元）')),
                ('funds_in_place', kaifaqu.kernel.fields.ExactField(blank=True, help_text='本年累计到位，各种来源合计', null=True, scale=6, verbose_name='到位资金（万元）')),
                ('physical', models.CharField(blank=True, choices=[('preparation', '前期'), ('foundation', '基础完工'), ('structure_half', '主体过半'), ('structure', '主体完工'), ('topped_out', '封顶'), ('installation', '设备安装'), ('trial', '试运行'), ('finished', '竣工投产')], max_length=24, verbose_name='形象进度')),
                ('problems', models.TextField(blank=True, verbose_name='存在问题')),
                ('next_steps', models.TextField(blank=True, verbose_name='下步计划')),
                ('corrected', models.BooleanField(default=False, verbose_name='锁定后更正')),
                ('stage', models.CharField(choices=[('reported', '填报'), ('reviewed', '审核'), ('locked', '锁定')], default='reported', max_length=12, verbose_name='状态')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.party', verbose_name='所属单位')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project', verbose_name='项目')),
            ],
            options={
                'verbose_name': '月度进展',
                'verbose_name_plural': '月度进展',
                'abstract': False,
                'default_permissions': (),
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(condition=models.Q(('archived_at', None)), fields=('owner', 'code'), name='projectprogress_code', violation_error_message='编号已被本单位的另一条记录使用。'), models.UniqueConstraint(condition=models.Q(('archived_at', None)), fields=('subject', 'month'), name='projectprogress_one_a_month', violation_error_message='该项目这个月已经报送；有变化请更正原来的一条。')],
            },
        ),
        migrations.CreateModel(
            name='ProjectProgressVersion',
            fields=[
                ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                ('id', models.BigIntegerField(editable=False, serialize=False)),
                ('code', models.CharField(max_length=40, verbose_name='编号')),
                ('row_version', models.PositiveIntegerField(default=0, editable=False, verbose_name='行版本')),
                ('source', models.CharField(blank=True, editable=False, max_length=200, verbose_name='来源')),
                ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='归档时间')),
                ('month', kaifaqu.registers.projects.progress.MonthField(help_text='写到月，如 2024-07', verbose_name='月份')),
                ('planned_investment', kaifaqu.kernel.fields.ExactField(blank=True, null=True, scale=6, verbose_name='本年计划投资（万元）')),
                ('month_investment', kaifaqu.kernel.fields.ExactField(blank=True, null=True, scale=6, verbose_name='本月完成投资（万元）')),
                ('year_to_date', kaifaqu.kernel.fields.ExactField(blank=True, null=True, scale=6, verbose_name='本年累计完成投资（万元）')),
                ('completed_to_date', kaifaqu.kernel.fields.ExactField(blank=True, null=True, scale=6, verbose_name='自开工累计完成投资（万元）')),
                ('funds_in_place', kaifaqu.kernel.fields.ExactField(blank=True, help_text='本年累计到位，各种来源合计', null=True, scale=6, verbose_name='到位资金（万元）')),
                ('physical', models.CharField(blank=True, choices=[('preparation', '前期'), ('foundation', '基础完工'), ('structure_half', '主体过半'), ('structure', '主体完工'), ('topped_out', '封顶'), ('installation', '设备安装'), ('trial', '试运行'), ('finished', '竣工投产')], max_length=24, verbose_name='形象进度')),
                ('problems', models.TextField(blank=True, verbose_name='存在问题')),
                ('next_steps', models.TextField(blank=True, verbose_name='下步计划')),
                ('corrected', models.BooleanField(default=False, verbose_name='锁定后更正')),
                ('stage', models.CharField(choices=[('reported', '填报'), ('reviewed', '审核'), ('locked', '锁定')], default='reported', max_length=12, verbose_name='状态')),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='kernel.party', verbose_name='所属单位')),
                ('subject', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.project', verbose_name='项目')),
            ],
            options={
                'verbose_name': '版本',
                'db_table': 'projects_projectprogress_version',
                'default_permissions': (),
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('id', 'seq'), name='projectprogress_version')],
            },
        ),
    ]
